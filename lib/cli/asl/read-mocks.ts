import type { Diagnostic } from '#core/diagnostic.ts';
import { StepwrightError } from '#core/error.ts';
import type { Source } from '#definition/source.ts';
import { didYouMean } from '#definition/suggest.ts';
import { type MockedStates, type MockFile, readMocks } from '#engine/embedded/mocks.ts';

/** Which test case of a mock file is asked for; undefined: the only one there is. */
export interface MockChoice {
  readonly machine?: string;
  readonly case?: string;
}

/** All that is wrong with a mock file, each with its place. */
export function mockDiagnostics(source: Source): readonly Diagnostic[] {
  if (source.value === undefined) return source.diagnostics;
  const hint = 'docs/guide/asl.md shows a mock file';
  return readMocks(source.value).faults.map(({ path, message }) =>
    source.diagnose(path, { code: 'SW3040', message, hint }, 'key'),
  );
}

/** The answers of the test case that is asked for. Throws SW3041 where it is not there, or where there are several. */
export function chosenMocks(source: Source, choice: MockChoice): MockedStates {
  const file: MockFile = source.value === undefined ? {} : readMocks(source.value).file;
  const cases = chosen(file, choice.machine, { option: '--machine', what: 'state machine', of: source.file });
  const named = choice.machine ?? Object.keys(file)[0];
  return chosen(cases, choice.case, { option: '--case', what: 'test case', of: `"${named}"` });
}

interface Asked {
  readonly option: string;
  readonly what: string;
  /** What it is looked for in. */
  readonly of: string;
}

function chosen<T>(entries: Readonly<Record<string, T>>, name: string | undefined, asked: Asked): T {
  const names = Object.keys(entries);
  const [only] = names;
  const wanted = name ?? (names.length === 1 ? only : undefined);
  const found = wanted !== undefined && Object.hasOwn(entries, wanted) ? entries[wanted] : undefined;
  if (found !== undefined) return found;
  throw notChosen(name, names, asked);
}

function notChosen(name: string | undefined, names: readonly string[], asked: Asked): StepwrightError {
  const { option, what, of } = asked;
  const choice = names.length === 0 ? 'there is none' : `${option} takes one of ${names.join(', ')}`;
  const message =
    name === undefined
      ? `${of} has ${names.length === 0 ? `no ${what}` : `several: which ${what} is to be used?`}`
      : `${of} has no ${what} "${name}"`;
  const { hint = choice } = name === undefined ? {} : didYouMean(name, names);
  return new StepwrightError({ code: 'SW3041', kind: 'invalid', message, hint });
}

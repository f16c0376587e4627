import type { Json } from '#core/json.ts';
import type { Expectation } from '#definition/rehearsal/test-file.ts';
import { readCommandId } from '../command-id.ts';
import { idOf } from '../pattern.ts';
import type { Rehearsal } from '../rehearse.ts';

/** Something that is not as it should be. */
export interface Difference {
  /** Where in `expect` that is demanded, such as `devices.pump-1.firmware`; empty for a promise of Stepwright's own. */
  readonly at: readonly string[];
  readonly expected: Json | undefined;
  readonly actual: Json | undefined;
  /** What is to be said besides. */
  readonly note?: string;
}

/** What is not as a case expects it, and every promise of Stepwright that did not hold. */
export function differencesOf(run: Rehearsal, expected: Expectation): readonly Difference[] {
  return [
    ...statusDifference(run, expected),
    ...('error' in expected ? unlessEqual(['error'], expected.error, run.error, whyOf(run)) : []),
    ...('output' in expected ? unlessEqual(['output'], expected.output, run.view.output) : []),
    ...pathDifference(run, expected.path),
    ...stepDifferences(run, expected.steps ?? {}),
    ...deviceDifferences(run, expected.devices ?? {}),
    ...commandDifferences(run, expected.commands ?? {}),
    ...(expected.notifications === undefined
      ? []
      : unlessEqual(['notifications'], expected.notifications, [...run.notifications])),
    ...run.violations.map(({ promise, text }) => ({
      ...{ at: [], expected: undefined, actual: undefined, note: `${promise}: ${text}` },
    })),
  ];
}

function statusDifference(run: Rehearsal, { status = 'SUCCEEDED' }: Expectation): Difference[] {
  return unlessEqual(['status'], status, run.status, whyOf(run));
}

function whyOf({ error, cause }: Rehearsal): string | undefined {
  return error === undefined ? undefined : `${error}: ${cause ?? ''}`;
}

/** The steps as they began, of which the expected ones have to be a part in their order. */
function pathDifference({ view }: Rehearsal, expected: Expectation['path']): Difference[] {
  if (expected === undefined) return [];
  const begun = view.steps
    .filter(({ startedAt }) => startedAt !== undefined)
    .toSorted((one, other) => (one.startedAt ?? 0) - (other.startedAt ?? 0))
    .map(({ path }) => path);
  let at = 0;
  for (const path of begun) if (isNamed(path, expected[at])) at++;
  const missing = expected[at];
  if (missing === undefined) return [];
  const note = begun.some((path) => isNamed(path, missing))
    ? `"${missing}" began too early`
    : `"${missing}" never began`;
  return [{ at: ['path', String(at)], expected: [...expected], actual: begun, note }];
}

/** A step that is in no iteration may be named by its id alone. */
function isNamed(path: string, name: string | undefined): boolean {
  return path === name || (idOf(path) === name && !path.includes('['));
}

function stepDifferences({ view }: Rehearsal, expected: NonNullable<Expectation['steps']>): Difference[] {
  return Object.entries(expected).flatMap(([path, status]) => {
    const step =
      view.steps.find((one) => one.path === path) ?? view.steps.find((one) => isNamed(one.path, path));
    const why = step?.error === undefined ? undefined : `${step.error}: ${step.cause ?? ''}`;
    return unlessEqual(['steps', path], status, step?.status, why);
  });
}

function deviceDifferences(
  { after }: Rehearsal,
  expected: NonNullable<Expectation['devices']>,
): Difference[] {
  return Object.entries(expected).flatMap(([device, fields]) => {
    const reported = after.get(device);
    if (reported === undefined) {
      return [
        {
          at: ['devices', device],
          expected: fields,
          actual: undefined,
          note: `there is no device "${device}"`,
        },
      ];
    }
    return Object.entries(fields).flatMap(([field, value]) =>
      unlessEqual(['devices', device, field], value, reported[field]),
    );
  });
}

function commandDifferences(
  { carriedOut }: Rehearsal,
  expected: NonNullable<Expectation['commands']>,
): Difference[] {
  return Object.entries(expected).flatMap(([device, commands]) => {
    const done = carriedOut.filter((one) => one.device === device).map(({ command }) => command);
    const steps = carriedOut.filter((one) => one.device === device).map(({ id }) => readCommandId(id).path);
    return unlessEqual(['commands', device], commands, done, `for ${steps.join(', ') || 'no step'}`);
  });
}

function unlessEqual(
  at: readonly string[],
  expected: Json | undefined,
  actual: Json | undefined,
  note?: string,
): Difference[] {
  if (isEqual(expected, actual)) return [];
  return [{ at, expected, actual, ...(note === undefined ? {} : { note }) }];
}

/** Equal but for the order of keys. */
function isEqual(one: Json | undefined, other: Json | undefined): boolean {
  return sorted(one) === sorted(other);
}

function sorted(value: Json | undefined): string {
  return (
    JSON.stringify(value, (_key, inner: unknown) =>
      typeof inner === 'object' && inner !== null && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).toSorted(([left], [right]) => (left < right ? -1 : 1)))
        : inner,
    ) ?? ''
  );
}

import type { CompiledWorkflow } from '#compiler/compiled-workflow.ts';
import type { Diagnostic } from '#core/diagnostic.ts';
import type { DocumentPath } from '#definition/document-path.ts';
import { FleetFileSchema } from '#definition/fleet.ts';
import type { Answers } from '#definition/rehearsal/answers.ts';
import { type TestCase, type TestFile, TestFileSchema } from '#definition/rehearsal/test-file.ts';
import { checkShape } from '#definition/shape.ts';
import type { Source } from '#definition/source.ts';
import { didYouMean } from '#definition/suggest.ts';
import { type Fleet, readFleet } from '#devices/simulator/read-fleet.ts';
import { type Faults, NO_FAULTS, readFaults, STANDARD_FAULTS } from '../faults.ts';
import { idOf } from '../pattern.ts';

/** One case of a file of tests, ready to run. */
export interface ReadCase {
  readonly name: string;
  /** Where it stands in its file. */
  readonly at: DocumentPath;
  readonly fleet: Fleet;
  readonly faults: Faults;
  readonly answers: readonly Answers[];
  readonly written: TestCase;
}

/** A file of tests whose shape is right. */
export interface ShapedTests {
  readonly file: TestFile | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads the shape of a file of tests: which workflow it is of, and its cases. */
export function readTestFile(source: Source): ShapedTests {
  if (source.value === undefined) return { file: undefined, diagnostics: source.diagnostics };
  const shaped = checkShape(TestFileSchema, source.value, { source, path: [] });
  if (!shaped.ok) return { file: undefined, diagnostics: shaped.diagnostics };
  return { file: shaped.value, diagnostics: repeatedNames(shaped.value, source) };
}

/** Finds the file that a path names, from the folder of a file of tests; undefined where there is none. */
export type FindFile = (path: string) => Source | undefined;

/** The cases of a file of tests of a workflow, and all that is wrong with them. */
export function readCases(
  { file, source }: { readonly file: TestFile; readonly source: Source },
  compiled: CompiledWorkflow,
  findFile: FindFile,
): { readonly cases: readonly ReadCase[]; readonly diagnostics: readonly Diagnostic[] } {
  const read = file.cases.map((written, index) => {
    const at = ['cases', index];
    const own = written.fleet ?? file.fleet;
    const place = written.fleet === undefined ? ['fleet'] : [...at, 'fleet'];
    const { fleet, diagnostics } = fleetOf(own, { source, path: place, findFile });
    const answers = [written.answers, file.answers].filter((one) => one !== undefined);
    const unknown = unknownSteps(written, { at, source, compiled });
    return {
      one: { name: written.name, at, fleet, faults: faultsOf(written), answers, written },
      diagnostics: [...(written.fleet === undefined && index > 0 ? [] : diagnostics), ...unknown],
    };
  });
  return { cases: read.map(({ one }) => one), diagnostics: read.flatMap(({ diagnostics }) => diagnostics) };
}

const NO_FLEET: Fleet = { name: 'none', seed: 0, devices: [] };

function fleetOf(
  written: TestFile['fleet'],
  {
    source,
    path,
    findFile,
  }: { readonly source: Source; readonly path: DocumentPath; readonly findFile: FindFile },
): { readonly fleet: Fleet; readonly diagnostics: readonly Diagnostic[] } {
  if (written === undefined) return { fleet: NO_FLEET, diagnostics: [] };
  if (typeof written !== 'string') {
    const value = FleetFileSchema.parse({ stepwright: 1, fleet: 'inline', ...written });
    const { fleet, diagnostics } = readFleet(source.part(path, JSON.parse(JSON.stringify(value))));
    return { fleet: fleet ?? NO_FLEET, diagnostics };
  }
  const found = findFile(written);
  const { fleet, diagnostics = [] } = found === undefined ? { fleet: undefined } : readFleet(found);
  if (fleet !== undefined) return { fleet, diagnostics };
  const message = `"${written}" is no fleet file${diagnostics.length > 0 ? ' without errors' : ' that can be read'}`;
  const hint = 'name a fleet file by its path from this file, or write the devices here';
  return { fleet: NO_FLEET, diagnostics: [source.diagnose(path, { code: 'SW2104', message, hint })] };
}

function faultsOf({ mix }: TestCase): Faults {
  if (mix === undefined || mix === 'none') return NO_FAULTS;
  return mix === 'standard' ? STANDARD_FAULTS : readFaults(mix);
}

interface InCase {
  readonly at: DocumentPath;
  readonly source: Source;
  readonly compiled: CompiledWorkflow;
}

/** Steps that are named in a case, and are none of the workflow. */
function unknownSteps(
  { inject = [], expect = {} }: TestCase,
  { at, source, compiled }: InCase,
): Diagnostic[] {
  const ids = compiled.steps.map(({ id }) => id);
  const known = new Set(ids);
  const named: { readonly path: DocumentPath; readonly step: string }[] = [
    ...inject.flatMap((one, index) =>
      Object.entries(one).map(([kind, { step, after }]: [string, { step?: string; after?: string }]) => ({
        path: [...at, 'inject', index, kind, step === undefined ? 'after' : 'step'],
        step: step ?? after ?? '',
      })),
    ),
    ...(expect.path ?? []).map((step, index) => ({ path: [...at, 'expect', 'path', index], step })),
    ...Object.keys(expect.steps ?? {}).map((step) => ({ path: [...at, 'expect', 'steps', step], step })),
  ];
  return named.flatMap(({ path, step }) => {
    const id = idOf(step);
    // What the compiler adds to a step, such as the approval between waves, stands below it.
    const first = idOf(step.split('.')[0] ?? step);
    if (step.includes('*') || known.has(id) || (first !== id && known.has(first))) return [];
    const message = `"${step}" is no step of ${compiled.name}`;
    return [source.diagnose(path, { code: 'SW2102', message, ...didYouMean(id, ids) })];
  });
}

function repeatedNames({ cases }: TestFile, source: Source): Diagnostic[] {
  const seen = new Set<string>();
  return cases.flatMap(({ name }, index) => {
    if (!seen.has(name)) {
      seen.add(name);
      return [];
    }
    const hint = 'give each case a name of its own: reports tell them apart by it';
    return [
      source.diagnose(['cases', index, 'name'], {
        code: 'SW2103',
        message: `another case is called "${name}"`,
        hint,
      }),
    ];
  });
}

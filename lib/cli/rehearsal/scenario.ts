import { compileWorkflow } from '#compiler/compile.ts';
import { compileOptions } from '#compiler/compile-options.ts';
import type { CompiledWorkflow } from '#compiler/compiled-workflow.ts';
import { Library } from '#decisions/library.ts';
import { selfContained } from '#decisions/sourced-decision.ts';
import { loadSource } from '#definition/load.ts';
import { checkInput } from '#executions/input.ts';
import { NO_FAULTS, STANDARD_FAULTS } from '#rehearsal/faults.ts';
import { type FaultMix, readFaultFile } from '#rehearsal/read-faults.ts';
import type { Rehearsed } from '#rehearsal/rehearse.ts';
import { AlreadyTold } from '../already-told.ts';
import { type LoadedWorkflow, loadValidWorkflow } from '../load.ts';
import { loadFleet } from '../load-fleet.ts';
import { readInput } from '../read-input.ts';
import { refuseErrors } from '../refuse-errors.ts';
import type { Terminal } from '../terminal.ts';

/** What a run that is rehearsed is named by on the command line. */
export interface ScenarioArguments {
  readonly file: string;
  readonly input?: string;
  readonly fleet?: string;
  /** `none`, `standard`, or a file. */
  readonly faults: string;
}

/** A workflow and those that it calls, compiled as they are published. */
export function compileLoaded({
  workflow,
  called,
  project,
}: LoadedWorkflow): readonly [CompiledWorkflow, ...CompiledWorkflow[]] {
  const compiled = (each: LoadedWorkflow['workflow']): CompiledWorkflow =>
    compileWorkflow(each, compileOptions(each, project));
  return [compiled(workflow), ...called.map((each) => compiled(each.workflow))];
}

/** The decisions of a project as they are published: with their data, and the versions that they go by. */
export function decisionsOf({ decisions }: LoadedWorkflow): NonNullable<Rehearsed['decisions']> {
  const library = new Library(decisions);
  return decisions.map((decision) => {
    const uses = [...library.usesOf(decision)].flatMap(([as, used]) =>
      used === undefined ? [] : [[as, used.file.version] as const],
    );
    return { source: selfContained(decision), file: decision.file, uses: Object.fromEntries(uses) };
  });
}

/** Loads what is to be rehearsed. Prints what is wrong with its files, and throws {@link AlreadyTold}; throws SW4004. */
export async function loadScenario(args: ScenarioArguments, terminal: Terminal): Promise<Rehearsed> {
  const loaded = loadValidWorkflow(args.file, terminal);
  const fleet =
    args.fleet === undefined ? { name: 'none', seed: 0, devices: [] } : loadFleet(args.fleet, terminal);
  if (args.fleet === undefined) terminal.note('there are no devices: --fleet names a file of some');
  const { name, version, inputSchema } = loaded.workflow;
  return {
    workflows: compileLoaded(loaded),
    decisions: decisionsOf(loaded),
    catalogue: loaded.project.catalogue,
    fleet,
    input: checkInput(`${name} ${version}`, inputSchema, await readInput(args.input)),
    ...loadFaults(args.faults, terminal),
    injections: [],
  };
}

/** A mix by its name, or from a file. */
export function loadFaults(name: string, terminal: Terminal): FaultMix {
  if (name === 'none') return { faults: NO_FAULTS, answers: [] };
  if (name === 'standard') return { faults: STANDARD_FAULTS, answers: [] };
  const source = loadSource(name);
  const { mix, diagnostics } = readFaultFile(source);
  refuseErrors(diagnostics, [source], terminal);
  if (mix === undefined) throw new AlreadyTold(`${name} is no file of faults`);
  return mix;
}

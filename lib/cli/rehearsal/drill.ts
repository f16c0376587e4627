import { resolve } from 'node:path';
import type { CompiledWorkflow } from '#compiler/compiled-workflow.ts';
import { checkInput } from '#executions/input.ts';
import { digestOf } from '#executions/undo-drill.ts';
import { drillWorkflow, type Scenario } from '#rehearsal/drill/drill.ts';
import { NO_FAULTS } from '#rehearsal/faults.ts';
import { rehearsedCase } from '#rehearsal/tests/run-case.ts';
import type { Server } from '../api-client.ts';
import { findServer, type ServerArguments } from '../find-server.ts';
import { type LoadedWorkflow, loadValidProject, loadValidWorkflow } from '../load.ts';
import { loadFleet } from '../load-fleet.ts';
import type { ExitCode } from '../print-fault.ts';
import { readInput } from '../read-input.ts';
import { printJson, type Terminal } from '../terminal.ts';
import { createBar } from './bar.ts';
import type { DrilledWorkflow } from './drilled-workflow.ts';
import { type LoadedTests, testsIn } from './load-tests.ts';
import { printDrill } from './print-drill.ts';
import { compileLoaded, decisionsOf } from './scenario.ts';
import { sendDrill } from './send-drill.ts';

/** What `stepwright drill` was called with. */
export interface DrillArguments {
  readonly paths: readonly string[];
  /** With these two, workflows are also run so. */
  readonly input?: string;
  readonly fleet?: string;
  /** The server that is to put what is found on record with its versions. */
  readonly publishTo?: ServerArguments;
}

/**
 * `stepwright drill`: proves on simulated devices what workflows undo, and has it put on record. Exit code 1 when the undo of a step
 * is not proven. Throws SW4043, SW4021 where what was drilled is not what is published.
 */
export async function drillCommand(args: DrillArguments, terminal: Terminal): Promise<ExitCode> {
  const server = args.publishTo && findServer(args.publishTo, process.env);
  const tests = testsIn(args.paths, terminal);
  const files = new Set([...args.paths.flatMap((path) => workflowsAt(path, terminal)), ...tests.map(fileOf)]);
  const bar = await createBar(terminal, files.size, 'workflows');
  const drilled: DrilledWorkflow[] = [];
  for (const file of files) {
    drilled.push(await drillFile(file, tests, { args, terminal }));
    bar.update(drilled.length);
  }
  bar.finish();
  const isProven = drilled.every(({ steps }) => steps.every((step) => step.isProven));
  if (terminal.json) printJson(terminal, { isProven, workflows: drilled });
  else printDrill(drilled, terminal);
  if (server !== undefined) await publishDrills(server, drilled, terminal);
  return isProven ? 0 : 1;
}

async function publishDrills(
  server: Server,
  drilled: readonly DrilledWorkflow[],
  terminal: Terminal,
): Promise<void> {
  for (const each of drilled.filter(({ steps }) => steps.length > 0)) {
    const { workflow, version } = await sendDrill(server, each);
    if (!terminal.json) terminal.print(`put on record for ${workflow} ${version}`);
  }
}

function fileOf({ workflow }: LoadedTests): string {
  return workflow.source.file;
}

/** Workflow files at a path; those of tests are found by the tests. */
function workflowsAt(path: string, terminal: Terminal): readonly string[] {
  const { workflows } = loadValidProject(path, terminal);
  return workflows.map(({ source }) => source.file);
}

async function drillFile(
  file: string,
  tests: readonly LoadedTests[],
  { args, terminal }: { readonly args: DrillArguments; readonly terminal: Terminal },
): Promise<DrilledWorkflow> {
  const loaded = loadValidWorkflow(file, terminal);
  const workflows = compileLoaded(loaded);
  const [compiled] = workflows;
  const own = tests.filter(({ workflow }) => resolve(workflow.source.file) === resolve(file));
  const scenarios = [
    ...own.flatMap(({ cases, tested }) =>
      cases.map((one) => ({
        name: one.name,
        rehearsed: rehearsedCase({ ...one, faults: NO_FAULTS }, tested),
      })),
    ),
    ...(await givenScenario(args, { loaded, workflows, terminal })),
  ];
  return {
    workflow: compiled.name,
    version: compiled.version,
    file,
    digest: digestOf(loaded.source.text),
    steps: await drillWorkflow(compiled, scenarios),
  };
}

async function givenScenario(
  { input, fleet }: DrillArguments,
  {
    loaded,
    workflows,
    terminal,
  }: {
    readonly loaded: LoadedWorkflow;
    readonly workflows: readonly [CompiledWorkflow, ...CompiledWorkflow[]];
    readonly terminal: Terminal;
  },
): Promise<readonly Scenario[]> {
  if (fleet === undefined) return [];
  const { name, version, inputSchema } = loaded.workflow;
  const rehearsed = {
    ...{ workflows, catalogue: loaded.project.catalogue, fleet: loadFleet(fleet, terminal) },
    input: checkInput(`${name} ${version}`, inputSchema, await readInput(input)),
    ...{ faults: NO_FAULTS, injections: [], answers: [], decisions: decisionsOf(loaded) },
  };
  return [{ name: '--input', rehearsed }];
}

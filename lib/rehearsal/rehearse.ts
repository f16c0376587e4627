import type { CompiledWorkflow } from '#compiler/compiled-workflow.ts';
import type { Json, JsonObject } from '#core/json.ts';
import type { Catalogue } from '#definition/command.ts';
import type { Answers } from '#definition/rehearsal/answers.ts';
import type { Injection } from '#definition/rehearsal/test-file.ts';
import type { Command } from '#devices/command.ts';
import type { Fleet } from '#devices/simulator/read-fleet.ts';
import { type DecisionVersion, publishDecision } from '#executions/decision-store.ts';
import { describeExecution, type ExecutionView } from '#executions/describe.ts';
import { type ExecutionStatus, isFinal } from '#executions/execution.ts';
import { findExecution } from '#executions/execution-store.ts';
import type { HttpDoing } from '#executions/http-call.ts';
import { doingsOf, type LeftBehind, leftBehindOf } from '#executions/left-behind.ts';
import { startExecution } from '#executions/start.ts';
import { stopExecution } from '#executions/stop.ts';
import { publishWorkflow } from '#executions/workflow-store.ts';
import { notificationKeys } from '#table/notification-keys.ts';
import { blastRadiusOf } from './blast-radius.ts';
import type { CarriedOut } from './device-line.ts';
import type { Faults } from './faults.ts';
import { type Violation, violationsOf } from './verdict.ts';
import { type Note, RehearsalWorld } from './world.ts';

/** What is rehearsed, whatever the seed. */
export interface Rehearsed {
  /** The workflow, then those that it calls. */
  readonly workflows: readonly [CompiledWorkflow, ...CompiledWorkflow[]];
  readonly catalogue: Catalogue;
  readonly fleet: Fleet;
  readonly input: Json;
  readonly faults: Faults;
  readonly injections: readonly Injection[];
  readonly answers: readonly Answers[];
  /** Decisions that their steps ask, each after those that it goes by. Default: none. */
  readonly decisions?: readonly Omit<DecisionVersion, 'publishedAt'>[];
}

/** How a run ended: as executions do, or never. */
export type Ending = ExecutionStatus | 'NEVER_ENDED';

/** What came of one run. */
export interface Rehearsal {
  readonly seed: number;
  readonly status: Ending;
  readonly error: string | undefined;
  readonly cause: string | undefined;
  /** Virtual time from start to end, in ms. */
  readonly durationMs: number;
  readonly view: ExecutionView;
  readonly commands: readonly Command[];
  /** Calls over HTTP that can be undone. */
  readonly https: readonly HttpDoing[];
  readonly carriedOut: readonly CarriedOut[];
  /** What devices really were before, and are in the end, by id. */
  readonly before: ReadonlyMap<string, JsonObject>;
  readonly after: ReadonlyMap<string, JsonObject>;
  /** Topics of what people were told, in order. */
  readonly notifications: readonly string[];
  /** Most devices at once that were changed and not known to be good. */
  readonly blastRadius: number;
  /** What may have been kept of what was to be undone, as the execution reports it. */
  readonly leftBehind: readonly LeftBehind[];
  /** Promises that did not hold; empty is good. */
  readonly violations: readonly Violation[];
  readonly faultCounts: ReadonlyMap<string, number>;
  /** The same whenever the same seed is run. */
  readonly digest: string;
}

/** An execution of a rehearsal always has this name: its ids are in digests. */
const EXECUTION = 'rehearsal';
/** Who starts it: somebody else than those who answer approvals, so that four eyes can be kept. */
const STARTER = 'starter';
/** Nothing that a workflow waits for takes longer, in ms: 400 days. */
const LONGEST_MS = 400 * 86_400_000;
/** How long the world goes on after the end, for what comes late, in ms. */
const AFTERWARDS_MS = 15 * 60_000;

/** Runs a workflow once, in virtual time, with everything that a seed draws. The same seed gives the same run. */
export async function rehearse(
  rehearsed: Rehearsed,
  seed: number,
  onNote?: (note: Note) => void,
): Promise<Rehearsal> {
  using world = new RehearsalWorld({ ...rehearsed, seed, onNote });
  await world.begin();
  const before = statesOf(world);
  for (const decision of rehearsed.decisions ?? [])
    await world.pumped(publishDecision(world.ports, decision));
  for (const workflow of rehearsed.workflows) await world.pumped(publishWorkflow(world.ports, workflow, ''));
  world.onStop = (execution, ports) => stopExecution(ports, execution);
  const [{ name, version }] = rehearsed.workflows;
  world.setCalm(false);
  await begin(world, { workflow: name, version, input: rehearsed.input });
  const hasEnded = await goOn(world);
  world.setCalm(true);
  await letPass(world);
  return await resultOf(world, rehearsed, { seed, before, hasEnded });
}

/** A start that an engine takes into its grave is asked for again. */
async function begin(
  world: RehearsalWorld,
  request: { readonly workflow: string; readonly version: string; readonly input: Json },
): Promise<void> {
  world.setCalm(true);
  await world.pumped(startExecution(world.ports, { ...request, name: EXECUTION, by: STARTER }));
  world.setCalm(false);
}

/** Lets time go by until the execution has its last status; false when it never will. */
async function goOn(world: RehearsalWorld): Promise<boolean> {
  const limit = world.clock.now() + LONGEST_MS;
  for (;;) {
    await world.quiet();
    if (world.takeNews() && world.isUp && (await isSettled(world))) return true;
    const next = world.clock.nextAt();
    if (next === undefined || next > limit) return false;
    await world.clock.advanceToNext();
  }
}

/** Reading needs no faults. */
async function isSettled(world: RehearsalWorld): Promise<boolean> {
  world.setCalm(true);
  const execution = await world.pumped(findExecution(world.ports.table, EXECUTION));
  world.setCalm(false);
  return execution !== undefined && isFinal(execution.status);
}

/** Late answers, detached workflows and deadlines still come. */
async function letPass(world: RehearsalWorld): Promise<void> {
  const until = world.clock.now() + AFTERWARDS_MS;
  await world.quiet();
  for (
    let next = world.clock.nextAt();
    next !== undefined && (next <= until || !world.isUp);
    next = world.clock.nextAt()
  ) {
    await world.clock.advanceToNext();
    await world.quiet();
  }
}

async function resultOf(
  world: RehearsalWorld,
  rehearsed: Rehearsed,
  run: {
    readonly seed: number;
    readonly before: ReadonlyMap<string, JsonObject>;
    readonly hasEnded: boolean;
  },
): Promise<Rehearsal> {
  const view = await world.pumped(describeExecution(world.ports, EXECUTION));
  const doings = await world.pumped(doingsOf(world.ports, EXECUTION));
  const { commands, https } = doings;
  const end = view.endedAt ?? world.clock.now();
  const states = { before: run.before, after: statesOf(world) };
  const ran = { view, commands, carriedOut: world.carriedOut, hasEnded: run.hasEnded, ...states };
  const leftBehind = leftBehindOf(view, rehearsed.workflows[0].steps, doings);
  return {
    seed: run.seed,
    status: run.hasEnded ? view.status : 'NEVER_ENDED',
    ...{ error: view.error, cause: view.cause, durationMs: end - view.startedAt, view, commands, https },
    ...{ carriedOut: world.carriedOut, ...states, leftBehind },
    notifications: await world.pumped(topicsOf(world)),
    blastRadius: blastRadiusOf({ ...ran, catalogue: rehearsed.catalogue, end }),
    violations: await world.pumped(violationsOf(world, ran)),
    faultCounts: world.faultCounts,
    digest: world.digest(),
  };
}

function statesOf({ lines }: RehearsalWorld): ReadonlyMap<string, JsonObject> {
  return new Map([...lines].map(([id, line]) => [id, line.reported]));
}

async function topicsOf({ ports, clock }: RehearsalWorld): Promise<readonly string[]> {
  const topics: string[] = [];
  for (let day = Date.UTC(2026, 0, 1); day <= clock.now() && topics.length < 1_000; day += 86_400_000) {
    const partition = notificationKeys.day(new Date(day).toISOString().slice(0, 10));
    const { items } = await ports.table.query({ index: 'gsi1', partition, limit: 1_000 });
    topics.push(...items.map((item) => String(item['topic'])));
  }
  return topics;
}

import * as z from 'zod';
import { type PauseRequest, PauseRequestSchema } from '#compiler/rollout-payload.ts';
import { lastingTaskId } from '#compiler/task-id.ts';
import { RuntimeError } from '#core/error.ts';
import type { JsonObject } from '#core/json.ts';
import { parseRate } from '#core/rate.ts';
import type { SignalPorts } from '#signals/ports.ts';
import { executionKeys, taskKeys } from '#table/keys.ts';
import { queryAll, type Table } from '#table/table.ts';
import { isHealthy } from './health.ts';
import { joinedDevices, watchedSince } from './joining.ts';
import { takeTurn } from './turn.ts';
import { nextOpening } from './window.ts';

/** A task of a rollout that waits. Times are ms since the Unix epoch. */
const PauseSchema = z.object({
  /** Id of the task. */
  id: z.string(),
  request: PauseRequestSchema,
  since: z.number(),
  /** When it is looked at next. */
  dueAt: z.number(),
  /** The turn that an iteration has taken. */
  turnAt: z.number().optional(),
});

/** A task of a rollout that waits. */
export type Pause = z.infer<typeof PauseSchema>;

/** Whether it waits no more, and why; or until when it is left alone. */
type Verdict = { readonly over: JsonObject } | { readonly dueAt: number; readonly turnAt?: number };

type Ports = Pick<SignalPorts, 'table' | 'engine' | 'deadlines' | 'clock'>;

/** Answers the task of a rollout as soon as it need not wait any more. Called again for the same try, it goes on waiting as before. */
export async function beginPause(ports: Ports, request: PauseRequest): Promise<void> {
  const id = lastingTaskId(request);
  const known = await findPause(ports.table, id);
  const now = ports.clock.now();
  await look(ports, known === undefined ? { id, request, since: now, dueAt: now } : { ...known, request });
}

/** Looks at a task that waits and may be due. */
export async function lookAtPause(ports: Ports, id: string): Promise<void> {
  const pause = await findPause(ports.table, id);
  if (pause === undefined) return;
  if (ports.clock.now() < pause.dueAt) await ports.deadlines.schedule({ kind: 'rollout', id }, pause.dueAt);
  else await look(ports, pause);
}

/** The tasks of an execution's rollouts that wait. */
export async function* pausesOf(table: Table, execution: string): AsyncGenerator<Pause> {
  const query = { partition: executionKeys.partition(execution), prefix: taskKeys.pausePrefix };
  for await (const item of queryAll(table, query)) yield PauseSchema.parse(item);
}

/** What a task gives that somebody ends before its time. */
export function outputOfEnded({ request }: Pause, by: string): JsonObject {
  return request.action === 'join' ? NOBODY : { by };
}

/** Answers a task that waits; says whether it did. Should this process end in between, it is there to be answered again. */
export async function endPause(ports: Ports, { id, request }: Pause, output: JsonObject): Promise<boolean> {
  const answer = await ports.engine.succeedTask(request.taskToken, output);
  await ports.table.delete(taskKeys.pause(id));
  return answer === 'accepted';
}

async function findPause(table: Table, id: string): Promise<Pause | undefined> {
  const item = await table.get(taskKeys.pause(id));
  return item === undefined ? undefined : PauseSchema.parse(item);
}

/** Answers a task that waits if it is due, whenever it was to be looked at next. */
export async function look(ports: Ports, pause: Pause): Promise<void> {
  const { id, request, since } = pause;
  try {
    const verdict = await verdictOn(ports, pause);
    const isHeld = 'over' in verdict && (await isHeldNow(ports.table, request));
    if ('over' in verdict && !isHeld) return void (await endPause(ports, pause, verdict.over));
    const next = 'over' in verdict ? { dueAt: ports.clock.now() + LOOK_MS } : verdict;
    await ports.table.put({ ...taskKeys.pause(id), id, request, since, ...next });
    await ports.deadlines.schedule({ kind: 'rollout', id }, next.dueAt);
    // Whoever has resumed it meanwhile may not have found the record.
    if (isHeld && !(await isHeldNow(ports.table, request))) await look(ports, pause);
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    await ports.engine.failTask(request.taskToken, { error: error.name, cause: error.message });
    await ports.table.delete(taskKeys.pause(id));
  }
}

function verdictOn(ports: Ports, pause: Pause): Promise<Verdict> | Verdict {
  const { request, since } = pause;
  const now = ports.clock.now();
  switch (request.action) {
    case 'soak': {
      const dueAt = since + request.seconds * 1_000;
      return dueAt <= now ? { over: { waitedSeconds: request.seconds } } : { dueAt };
    }
    case 'health':
      return healthVerdict(ports, request, since);
    case 'gate':
      return { over: {} };
    case 'join':
      return joinVerdict(ports, request);
    default:
      return beginVerdict(ports, request, pause.turnAt);
  }
}

/**
 * Whether an operator holds what is due until it is resumed: `lib/executions/rollout/hold.ts`. A wave that was said to begin now does, even so.
 */
async function isHeldNow(table: Table, { execution, action, path }: PauseRequest): Promise<boolean> {
  if ((await table.get(executionKeys.rolloutHold(execution))) === undefined) return false;
  return action !== 'gate' || (await table.get(executionKeys.waved(execution, waveOf(path)))) === undefined;
}

type RequestOf<Action extends PauseRequest['action']> = Extract<PauseRequest, { action: Action }>;

async function healthVerdict(
  { table, clock }: Ports,
  request: RequestOf<'health'>,
  since: number,
): Promise<Verdict> {
  const now = clock.now();
  const { execution, path, until, withinSeconds, everySeconds, halts } = request;
  const waved = await table.get(executionKeys.waved(execution, waveOf(path)));
  if (waved !== undefined) return { over: { by: String(waved['by']) } };
  const { holds, outlook } = await isHealthy(table, request);
  if (holds) return { over: { holds } };
  const lastAt = since + withinSeconds * 1_000;
  if (now < lastAt) return { dueAt: Math.min(lastAt, now + everySeconds * 1_000) };
  throw new RuntimeError(
    halts ? 'Stepwright.Halted' : 'Rollout.Unhealthy',
    `{% ${until} %} did not hold within ${withinSeconds} s, with ${outlook.done} of ${outlook.total} done and ${outlook.failed} failed`,
  );
}

/** How often it is looked whether devices have joined, in ms. */
const LOOK_MS = 300_000;

async function joinVerdict(ports: Ports, request: RequestOf<'join'>): Promise<Verdict> {
  const { execution, rollout, path, forSeconds } = request;
  const now = ports.clock.now();
  const closesAt = (await watchedSince(ports, request)) + forSeconds * 1_000;
  const joined = await joinedDevices(ports, request, waveOf(path));
  if (joined !== undefined) return { over: { ...joined } };
  const closed = await ports.table.get(executionKeys.waved(execution, rollout));
  if (now >= closesAt || closed !== undefined) return { over: NOBODY };
  return { dueAt: Math.min(closesAt, now + LOOK_MS) };
}

const NOBODY = { items: [] };

/** Path of the wave that something stands before: `rollout.waves[1]` of `rollout.waves[1].rollout.soak`. */
export function waveOf(path: string): string {
  return path.slice(0, path.lastIndexOf(']') + 1);
}

async function beginVerdict(
  { table, clock }: Ports,
  { window, rate, execution, rollout }: RequestOf<'begin'>,
  turnAt: number | undefined,
): Promise<Verdict> {
  const now = clock.now();
  const opensAt = window === undefined ? now : nextOpening(window, now);
  // A turn is not kept while the window is closed: all that wait would begin at once when it opens.
  if (opensAt > now) return { dueAt: opensAt };
  const spacingMs = rate === undefined ? undefined : parseRate(rate);
  if (spacingMs === undefined) return { over: {} };
  const asked = { execution, rollout, spacingMs, now };
  const turn = turnAt ?? (await takeTurn(table, asked));
  return turn > now ? { dueAt: turn, turnAt: turn } : { over: {} };
}

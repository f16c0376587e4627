import { StepwrightError } from '#core/error.ts';
import { isJsonObject, type Json } from '#core/json.ts';
import type { ChildSummary, Engine, ExecutionRef } from '#engine/engine.ts';
import { isThrottled } from '#engine/faults.ts';
import type { HistoryEvent } from '#engine/history.ts';

/** What reading a history takes of the engine. */
export type HistoryPort = Pick<Engine, 'history' | 'listChildren' | 'mostHistories'>;

/** The history of a child execution: one iteration of a distributed Map. */
export interface ChildHistory {
  readonly ref: ExecutionRef;
  /** Path of the iteration, such as `rollout[3]`. */
  readonly path: string;
  readonly events: readonly HistoryEvent[];
}

/** Histories of child executions by the ARN of the Map Run that they belong to, at any depth. */
export type ChildHistories = ReadonlyMap<string, readonly ChildHistory[]>;

/** The history of an execution, with those of its child executions. */
export interface WholeHistory {
  readonly events: readonly HistoryEvent[];
  readonly children: ChildHistories;
  /** How many child executions there are whose histories were not read, because there are too many. */
  readonly unread: number;
}

/** How many child executions of one Map Run are listed: as many as Step Functions runs at once. */
const MOST_LISTED = 10_000;
/** Events of one page of a history. */
const PAGE = 1_000;
/** Histories that are over for good are kept for the next look, this many of an engine. */
const MOST_KEPT = 1_000;
/** How many histories are read at once. */
const AT_ONCE = 20;

/**
 * The events of an execution of the engine and of its children; none where it has none yet. Of children, no more are read than
 * the engine says, and lets be read: those that run first, then those that failed, then the others, the newest first.
 */
export async function wholeHistory(engine: HistoryPort, ref: ExecutionRef): Promise<WholeHistory> {
  const events = await eventsOf(engine, ref);
  const children = new Map<string, readonly ChildHistory[]>();
  const reading: Reading = { engine, children, left: engine.mostHistories, unread: 0 };
  await readChildren(reading, events);
  return { events, children, unread: reading.unread };
}

interface Reading {
  readonly engine: HistoryPort;
  readonly children: Map<string, readonly ChildHistory[]>;
  /** How many more may be read. */
  left: number;
  unread: number;
}

const kept = new WeakMap<HistoryPort, Map<string, ChildHistory>>();

async function readChildren(reading: Reading, events: readonly HistoryEvent[]): Promise<void> {
  for (const { type, details } of events) {
    if (type !== 'MapRunStarted') continue;
    const arn = String(details['mapRunArn']);
    const listed = await reading.engine.listChildren(arn, { most: MOST_LISTED });
    const wanted = listed.toSorted((one, other) => rankOf(one) - rankOf(other)).slice(0, reading.left);
    reading.left -= wanted.length;
    reading.unread += listed.length - wanted.length;
    const histories = await readAll(reading, wanted);
    reading.children.set(arn, histories);
    for (const child of histories) await readChildren(reading, child.events);
  }
}

const RANKS: readonly ChildSummary['status'][] = ['RUNNING', 'FAILED', 'TIMED_OUT', 'ABORTED'];

function rankOf({ status }: ChildSummary): number {
  const rank = RANKS.indexOf(status);
  return rank < 0 ? RANKS.length : rank;
}

async function readAll(reading: Reading, children: readonly ChildSummary[]): Promise<ChildHistory[]> {
  const histories: ChildHistory[] = [];
  for (let from = 0; from < children.length; from += AT_ONCE) {
    const some = children.slice(from, from + AT_ONCE);
    for (const history of await Promise.all(some.map((child) => readChild(reading.engine, child)))) {
      if (history === 'not now') reading.unread++;
      else if (history !== undefined) histories.push(history);
    }
  }
  return histories;
}

/** Undefined where the child is none of ours: one of a state of the author's own has no path. */
async function readChild(
  engine: HistoryPort,
  { ref, status }: ChildSummary,
): Promise<ChildHistory | 'not now' | undefined> {
  const key = `${ref.machine}:${ref.name}`;
  const known = kept.get(engine)?.get(key);
  if (known !== undefined) return known;
  try {
    const events = await eventsOf(engine, ref);
    const path = iterationOf(events[0]?.details['input']);
    if (path === undefined) return undefined;
    if (status === 'SUCCEEDED') keep(engine, key, { ref, path, events });
    return { ref, path, events };
  } catch (error) {
    if (isThrottled(error)) return 'not now';
    throw error;
  }
}

/** One that has succeeded is never redriven. */
function keep(engine: HistoryPort, key: string, history: ChildHistory): void {
  // What is in this process costs little to read again.
  if (engine.mostHistories > MOST_KEPT) return;
  const own = kept.get(engine) ?? new Map<string, ChildHistory>();
  kept.set(engine, own);
  const [oldest] = own.keys();
  if (own.size >= MOST_KEPT && oldest !== undefined) own.delete(oldest);
  own.set(key, history);
}

/** The path in the input of a child execution, which is JSON text. */
function iterationOf(text: unknown): string | undefined {
  if (typeof text !== 'string') return undefined;
  const input = parsed(text);
  return isJsonObject(input) && typeof input['path'] === 'string' ? input['path'] : undefined;
}

/** Step Functions cuts off what is too long to tell. */
function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Events of one execution alone. */
export async function eventsOf(
  engine: Pick<Engine, 'history'>,
  ref: ExecutionRef,
): Promise<readonly HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  for (;;) {
    const page = await pageOfHistory(engine, ref, events.at(-1)?.id ?? 0);
    events.push(...page);
    if (page.length === 0 || (page.length < PAGE && isOver(page))) return events;
  }
}

/** Whether nothing comes after these, so that nobody has to ask. */
function isOver(events: readonly HistoryEvent[]): boolean {
  return /^Execution(Succeeded|Failed|Aborted|TimedOut)$/.test(events.at(-1)?.type ?? '');
}

/** An execution is on record a moment before the engine has it. */
export async function pageOfHistory(
  engine: Pick<Engine, 'history'>,
  ref: ExecutionRef,
  after: number,
): Promise<readonly HistoryEvent[]> {
  try {
    return await engine.history(ref, after);
  } catch (error) {
    if (error instanceof StepwrightError && error.kind === 'not-found') return [];
    throw error;
  }
}

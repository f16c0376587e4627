import type { Command } from '#devices/command.ts';
import type { HistoryEvent } from '#engine/history.ts';
import type { WholeHistory } from './read-history.ts';

/** What an execution has taken so far, with its child executions that were looked at. Its undo is an execution of its own at the engine; of that, only the commands are counted. */
export interface ExecutionUsage {
  /** Events of its history, and of theirs. */
  readonly events: number;
  /** Bytes of these, written as JSON. */
  readonly journalBytes: number;
  /** As Step Functions bills them: states entered, and what was tried again. */
  readonly transitions: number;
  /** Calls of handlers. */
  readonly handlerCalls: number;
  /** Time in handlers in ms: from each call until it returned, or its task was answered. */
  readonly handlerMs: number;
  /** Commands sent to devices, undo commands counted in. */
  readonly commandsSent: number;
  /** Bytes of the documents that states took, gave, and called with. */
  readonly payloadBytes: number;
}

/** Documents inside the details of an event, as JSON text. */
const DOCUMENTS = ['input', 'output', 'parameters'];
/** What shows that a handler has returned, or has answered before. */
const RETURNED = /^(Task(Submitted|Succeeded|Failed|TimedOut)|LambdaFunction(Succeeded|Failed|TimedOut))$/;
const CALLED = /^(Task|LambdaFunction)Scheduled$/;

/** What the history and the commands of an execution say of what it has taken. */
export function usageOf(
  { events: own, children }: Pick<WholeHistory, 'events' | 'children'>,
  commands: readonly Command[],
): ExecutionUsage {
  const histories = [own, ...[...children.values()].flat().map((child) => child.events)];
  const events = histories.flat();
  const calls = events.filter(({ type }) => CALLED.test(type));
  const entered = events.filter(({ type }) => type.endsWith('StateEntered'));
  const tasks = entered.filter(({ type }) => type === 'TaskStateEntered');
  return {
    events: events.length,
    journalBytes: Buffer.byteLength(JSON.stringify(events)),
    transitions: entered.length + Math.max(0, calls.length - tasks.length),
    handlerCalls: calls.length,
    handlerMs: histories.reduce((sum, history) => sum + handlerTime(history), 0),
    commandsSent: commands.filter(({ sentAt }) => sentAt !== undefined).length,
    payloadBytes: events.reduce((sum, event) => sum + documentBytes(event), 0),
  };
}

function documentBytes({ details }: HistoryEvent): number {
  return DOCUMENTS.reduce((sum, name) => {
    const text = details[name];
    return typeof text === 'string' ? sum + Buffer.byteLength(text) : sum;
  }, 0);
}

/** Events of a task follow on each other: each call is closed by the first event after it that tells of its return. */
function handlerTime(events: readonly HistoryEvent[]): number {
  const called = new Map<number, number>();
  let total = 0;
  for (const { id, previousEventId, type, timestamp } of events) {
    const since = CALLED.test(type) ? timestamp : called.get(previousEventId);
    if (since === undefined) continue;
    if (RETURNED.test(type)) total += timestamp - since;
    else called.set(id, since);
  }
  return total;
}

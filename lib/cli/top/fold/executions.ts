import type { FeedEvent } from '../../events/event-calls.ts';
import { type Failed, KEPT, type Running, type TopState } from '../top-state.ts';
import { BAD_ENDS, isEnd } from './counts.ts';

type Executions = Pick<TopState, 'running' | 'isRunningCut' | 'ended' | 'failed'>;

/** What events say of executions. */
export function foldExecutions(before: Executions, events: readonly FeedEvent[]): Executions {
  const told = events.filter(({ execution }) => execution !== undefined);
  const running = new Map(before.running);
  const ended = new Set(before.ended);
  const failed: Failed[] = [];
  for (const event of told) {
    const { execution = '', kind } = event;
    if (isEnd(kind)) {
      running.delete(execution);
      ended.add(execution);
      if (BAD_ENDS.includes(kind)) failed.unshift(failedOf(event, execution));
      continue;
    }
    if (kind === 'execution.redriven') ended.delete(execution);
    const known = running.get(execution);
    // Of steps that are told at the end, and of what comes late, an execution does not begin to run again.
    if (ended.has(execution) || (known === undefined && !runs(kind))) continue;
    running.set(execution, heard(known ?? unknown(event, execution), event));
  }
  return {
    ...cut(running, before.isRunningCut),
    ended: new Set([...ended].slice(-KEPT.ended)),
    failed: withNew(before.failed, failed),
  };
}

/** Failures with newer ones before them, each once. */
export function withNew(before: readonly Failed[], newer: readonly Failed[]): readonly Failed[] {
  if (newer.length === 0) return before;
  const isSame = (one: Failed, other: Failed): boolean => one.id === other.id && one.at === other.at;
  const kept = before.filter((one) => !newer.some((other) => isSame(one, other)));
  return [...newer, ...kept].slice(0, KEPT.failed);
}

/** Those that were heard of last are kept. */
export function cut(
  running: ReadonlyMap<string, Running>,
  wasCut: boolean,
): Pick<TopState, 'running' | 'isRunningCut'> {
  if (running.size <= KEPT.running) return { running, isRunningCut: wasCut && running.size > 0 };
  const latest = [...running].toSorted(([, a], [, b]) => b.heardAt - a.heardAt).slice(0, KEPT.running);
  return { running: new Map(latest), isRunningCut: true };
}

/** Kinds of which it follows that an execution has not ended. */
function runs(kind: string): boolean {
  return (
    /^execution\.(started|rolling-back|paused|resumed|redriven)$/.test(kind) ||
    /^(command\.(queued|sent)|step\.waiting|approval\.asked|lease\.requested|rollout\.waiting)$/.test(kind)
  );
}

function unknown({ workflow = '', version = '' }: FeedEvent, id: string): Running {
  return { id, workflow, version, status: 'RUNNING', heardAt: 0, troubles: 0 };
}

function failedOf({ workflow = '', version = '', at, data }: FeedEvent, id: string): Failed {
  const { status, error, cause, tookMs } = data;
  return {
    ...{ id, workflow, version, at: Date.parse(at), status: textOf(status) ?? 'FAILED' },
    ...given('error', textOf(error)),
    ...given('cause', textOf(cause)),
    ...given('tookMs', typeof tookMs === 'number' ? tookMs : undefined),
  };
}

function heard(running: Running, event: FeedEvent): Running {
  const { kind, at, data } = event;
  const heardAt = Date.parse(at);
  const said = { ...running, heardAt, ...given('doing', doingOf(event)) };
  const { pausedAt: _, ...unpaused } = said;
  switch (kind) {
    case 'execution.started':
      return { ...said, startedAt: heardAt };
    case 'execution.rolling-back':
      return { ...unpaused, status: 'ROLLING_BACK', doing: '', ...given('error', textOf(data['error'])) };
    case 'execution.paused':
      return { ...said, pausedAt: heardAt };
    case 'execution.resumed':
      return unpaused;
    case 'execution.redriven':
      return { ...unpaused, status: 'RUNNING', troubles: 0 };
    case 'command.failed':
    case 'command.timed-out':
    case 'command.expired':
      return { ...said, troubles: said.troubles + 1, ...given('error', textOf(data['error'])) };
    default:
      return said;
  }
}

/** What an execution does, by what is told of it; undefined where that says nothing of it. */
function doingOf({ kind, path = '', device, data }: FeedEvent): string | undefined {
  switch (kind) {
    case 'command.sent':
    case 'command.running':
      return words(path || textOf(data['name']), device);
    case 'command.queued':
      return words(path || textOf(data['name']), device, '(waits)');
    case 'step.waiting':
      return words(path, 'waits for', textOf(data['event']));
    case 'approval.asked':
      return words(path, 'asks', textOf(data['group']));
    case 'lease.requested':
      return words(path, 'in line for', Object.keys(data['pools'] ?? {}).join(', '));
    case 'rollout.waiting':
      return words(path, 'waits:', textOf(data['action']));
    case 'decision.made':
      return path;
    case 'call.opened':
      return words(path, textOf(data['service']));
    default:
      return undefined;
  }
}

function words(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join(' ');
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** A field, where there is a value for it. */
function given<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): Partial<Record<Name, Value>> {
  const field: Partial<Record<Name, Value>> = {};
  if (value !== undefined) field[name] = value;
  return field;
}

import { spanIdOf } from '#core/trace-context.ts';
import { type Command, OPEN } from '#devices/command.ts';
import { failureOf } from '../events/change-of.ts';
import { makeSpan, type TraceSpan } from './span.ts';

/** Where a command belongs. */
export interface CommandPlace {
  readonly traceId: string;
  readonly parentSpanId: string;
  /** When the execution has ended: what has not ended is cut off there. */
  readonly until: number;
}

/**
 * A command, from when it was issued until it ended, and in it what its device had of it, from when it was sent. The span of the
 * device is the one that the device is told of, so that its own are under it.
 */
export function commandSpans(command: Command, { traceId, parentSpanId, until }: CommandPlace): TraceSpan[] {
  const { id, device, command: name, status, queuedAt, sentAt, endedAt = until, undoes, verifies } = command;
  const attributes = {
    'stepwright.command.id': id,
    'stepwright.command.name': name,
    'stepwright.command.status': status,
    'stepwright.command.attempt': command.attempt,
    'stepwright.device.id': device,
    'stepwright.step.path': command.path,
  };
  const failure = hasFailed(command) ? failed(command) : undefined;
  const subject = undoes ?? verifies;
  const own = makeSpan(traceId, {
    ...{ spanId: spanIdOf('command', id), parentSpanId, name, role: 'client' },
    ...{ startedAt: queuedAt, endedAt, failure },
    attributes: {
      ...attributes,
      'stepwright.command.undoes': undoes,
      'stepwright.command.verifies': verifies,
      'stepwright.command.resends': command.resends,
    },
    moments: momentsOf(command),
    about: subject === undefined ? [] : [spanIdOf('command', subject)],
  });
  if (sentAt === undefined) return [own];
  const atDevice = makeSpan(traceId, {
    ...{
      spanId: spanIdOf('device', id),
      parentSpanId: own.spanId,
      name: `${name} on device`,
      role: 'server',
    },
    ...{ startedAt: sentAt, endedAt, failure, attributes },
  });
  return [own, atDevice];
}

function hasFailed({ status, expected }: Command): boolean {
  return expected === false || (status !== 'SUCCEEDED' && status !== 'CANCELLED' && !OPEN.includes(status));
}

function failed(command: Command): TraceSpan['failure'] {
  const { error = command.status, cause = '' } = failureOf(command);
  return { error, cause };
}

/** What is known of how it went; an answer that was never heard is none. */
function momentsOf(command: Command): TraceSpan['moments'] {
  const { queuedAt, sentAt, deliveredAt, runningAt, endedAt, status } = command;
  const isAnswered = status === 'SUCCEEDED' || status === 'FAILED';
  const all = [
    ...[
      { name: 'queued', at: queuedAt },
      { name: 'sent', at: sentAt },
    ],
    ...[
      { name: 'delivered', at: deliveredAt },
      { name: 'running', at: runningAt },
    ],
    { name: isAnswered ? 'answered' : status.toLowerCase().replace('_', ' '), at: endedAt },
  ];
  return all.flatMap(({ name, at }) => (at === undefined || at < queuedAt ? [] : [{ name, at }]));
}

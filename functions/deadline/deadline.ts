import { lookAtLine } from '#concurrency/look.ts';
import { assertNever } from '#core/assert-never.ts';
import type { Json } from '#core/json.ts';
import { type Deadline, DeadlineSchema } from '#deadlines/deadlines.ts';
import { expireCommand } from '#devices/expire.ts';
import { lookAtRouteWait } from '#devices/wait-for-device.ts';
import { expireChild } from '#executions/children.ts';
import type { ExecutionPorts } from '#executions/ports.ts';
import { lookAtPause } from '#executions/rollout/pause.ts';
import { lookAtUnwind } from '#executions/unwind-watch.ts';
import { expireWait } from '#signals/await-event.ts';
import { remindOrExpire } from '#signals/remind-approval.ts';

/** Looks at what may be overdue. */
export function createDeadline(ports: ExecutionPorts): (payload: unknown) => Promise<Json> {
  return async (payload) => {
    await look(ports, DeadlineSchema.parse(payload));
    return {};
  };
}

function look(ports: ExecutionPorts, { kind, id }: Deadline): Promise<void> {
  switch (kind) {
    case 'command':
      return expireCommand(ports, id);
    case 'event':
      return expireWait(ports, id);
    case 'approval':
      return remindOrExpire(ports, id);
    case 'lock':
      return lookAtLine(ports, id);
    case 'child':
      return expireChild(ports, id);
    case 'rollout':
      return lookAtPause(ports, id);
    case 'route':
    case 'route-woken':
      return lookAtRouteWait(ports, id);
    case 'unwind':
      return lookAtUnwind(ports, id);
    case 'delivery':
      throw new Error('deliveries are woken by themselves: see functions/deliver');
    default:
      return assertNever(kind);
  }
}

import type { Random } from '#core/random.ts';
import type { DevicePorts } from '#devices/ports.ts';
import type { Engine } from '#engine/engine.ts';
import type { HttpPorts } from '#integrations/call-http.ts';
import type { Notifier } from '#notifications/notifier.ts';
import type { ApprovalLinks } from '#signals/links.ts';

/** What publishing, starting and settling executions takes. */
export interface ExecutionPorts extends Omit<DevicePorts, 'engine'>, HttpPorts {
  readonly engine: Engine;
  readonly random: Random;
  readonly notifier: Notifier;
  /** What links by which people answer approvals are made of; undefined: none are sent. */
  readonly links?: ApprovalLinks | undefined;
}

import type { Random } from '#core/random.ts';
import type { DevicePorts } from '#devices/ports.ts';
import type { Engine } from '#engine/engine.ts';

/** What publishing, starting and settling executions takes. */
export interface ExecutionPorts extends Omit<DevicePorts, 'engine'> {
  readonly engine: Engine;
  readonly random: Random;
}

import type { CommandRequest } from '#compiler/task-payload.ts';
import { RuntimeError } from '#core/error.ts';
import type { Choice } from '#routing/choice.ts';
import { chooseDevice } from '#routing/choose.ts';
import type { RouteTrace } from '#routing/trace.ts';
import type { Write } from '#table/table.ts';
import type { Command } from './command.ts';
import type { Device } from './device.ts';
import { type Origin, originOf } from './origin.ts';
import type { DevicePorts } from './ports.ts';
import { findDevice } from './registry.ts';

/** Where a command goes, and what of it the choice has changed. */
export interface Destination {
  readonly device: Device;
  /** The request, with the command of an alternative where that was chosen. */
  readonly request: CommandRequest;
  /** Counts the command; undefined: as any. */
  readonly opening?: Write;
  readonly route?: RouteTrace;
  /** Whose choice it is, in the log. */
  readonly origin?: Origin | undefined;
}

/** Thrown when a device that was to try itself is tried by another command already. Nothing was written. */
export class ProbeTaken extends Error {
  override readonly name = 'ProbeTaken';
}

/** Times that a device is chosen again because the one before was tried by another command first. */
const MOST_CHOICES = 10;

/** A command that is to be issued, and the tries before it, the last one last. */
interface Routing {
  readonly id: string;
  readonly request: CommandRequest;
  readonly before: readonly Command[];
}

/** Finds the device of a request and issues the command there; again, when the device is taken before. */
export async function withDestination<Issued>(
  ports: DevicePorts,
  { id, request, before }: Routing,
  issue: (destination: Destination) => Promise<Issued>,
): Promise<Issued> {
  if (request.on === undefined) return issue(await namedDestination(ports, request));
  const tried = triedBefore(before.filter(({ attempt }) => attempt === request.attempt - 1));
  const origin = await originOf(ports.table, request.execution);
  const passed: string[] = [];
  for (;;) {
    const destination = await routed(ports, { id, request, tried, passed });
    try {
      return await issue({ ...destination, origin });
    } catch (error) {
      if (!(error instanceof ProbeTaken) || passed.length === MOST_CHOICES) throw error;
      passed.push(destination.device.id);
    }
  }
}

/** The device that a request names. Throws Device.Unknown, Device.Offline. */
export async function namedDestination(ports: DevicePorts, request: CommandRequest): Promise<Destination> {
  const device = await findDevice(ports.table, request.device ?? '');
  if (device === undefined) {
    throw new RuntimeError('Device.Unknown', `no device "${request.device ?? ''}" is registered`);
  }
  if (device.status !== 'online' && request.expiresSeconds === 0) {
    throw new RuntimeError('Device.Offline', `device "${device.id}" is offline`);
  }
  return { device, request };
}

interface Asked {
  readonly id: string;
  readonly request: CommandRequest;
  readonly tried: readonly string[];
  readonly passed: string[];
}

async function routed(ports: DevicePorts, asked: Asked): Promise<Destination> {
  for (;;) {
    const choice = await choose(ports, asked);
    const device = await findDevice(ports.table, choice.trace.chosen);
    if (device !== undefined) return toDestination(asked.request, device, choice);
    asked.passed.push(choice.trace.chosen);
  }
}

function choose(ports: DevicePorts, { id, request, tried, passed }: Asked): Promise<Choice> {
  const { on, bindings, timeoutSeconds, expiresSeconds } = request;
  if (on === undefined) throw new Error(`command ${id} has no route`);
  const now = ports.clock.now();
  // It may wait in the mailbox, be sent, and be given up a while after its time.
  const overAt = now + (Math.max(timeoutSeconds, expiresSeconds) + timeoutSeconds + 60) * 1_000;
  return chooseDevice(ports, { route: on, bindings, command: id, overAt, tried, passed, now });
}

function toDestination(
  request: CommandRequest,
  device: Device,
  { alternative, ...rest }: Choice,
): Destination {
  const { command } = alternative;
  const changed =
    command === undefined
      ? {}
      : { command, with: alternative.with ?? {}, deferred: alternative.deferred ?? {} };
  return { device, request: { ...request, ...changed }, opening: rest.opening, route: rest.trace };
}

/** The devices that the tries before went to, the last one last. */
function triedBefore(before: readonly Command[]): readonly string[] {
  const last = before.at(-1);
  const earlier = (last?.route?.tried ?? []).filter((id) => id !== last?.device);
  return last === undefined ? [] : [...earlier, last.device].slice(-MOST_TRIED);
}

/** Devices of the tries before that are kept in mind. */
const MOST_TRIED = 20;

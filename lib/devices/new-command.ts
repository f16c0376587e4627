import type { CommandRequest, Compensation } from '#compiler/task-payload.ts';
import type { JsonObject } from '#core/json.ts';
import type { RouteTrace } from '#routing/trace.ts';
import type { Command } from './command.ts';
import { fillDeferred } from './deferred.ts';
import type { Device } from './device.ts';
import type { Origin } from './origin.ts';
import type { DevicePorts } from './ports.ts';
import { deviceContext } from './select.ts';

/** What a command is made of. */
interface NewCommand {
  readonly id: string;
  readonly request: CommandRequest;
  readonly device: Device;
  /** How the device was chosen. */
  readonly route?: RouteTrace;
  /** The workflow whose step had it chosen. */
  readonly origin?: Origin | undefined;
}

/** A command as a step asks for it, with arguments, and all that may be done about it later, as they are before it is sent. */
export async function newCommand(
  { clock }: Pick<DevicePorts, 'clock'>,
  { id, request, device, route, origin }: NewCommand,
): Promise<Command> {
  const bindings: JsonObject = { ...request.bindings, target: deviceContext(device) };
  const now = clock.now();
  const filled = { ...(await fillDeferred(request.with, request.deferred, bindings)) };
  const { compensate, verify } = request;
  return {
    id,
    device: device.id,
    command: request.command,
    with: filled,
    status: 'QUEUED',
    execution: request.execution,
    step: request.step,
    path: request.path,
    attempt: request.attempt,
    taskToken: request.taskToken,
    ...(request.expect === undefined ? {} : { expect: request.expect }),
    ...(request.expect === undefined && verify === undefined ? {} : { bindings: request.bindings }),
    ...(compensate === undefined
      ? {}
      : { compensate: await filledIn(compensate, { ...bindings, with: filled }) }),
    ...(verify === undefined ? {} : { verify: await filledIn(verify, { ...bindings, with: filled }) }),
    ...(request.isPivot === undefined ? {} : { isPivot: request.isPivot }),
    ...(request.undoes === undefined ? {} : { undoes: request.undoes }),
    ...(request.verifies === undefined ? {} : { verifies: request.verifies }),
    ...(request.await === 'response' ? {} : { await: request.await }),
    ...(request.cache === undefined ? {} : { cache: request.cache }),
    ...(request.tellsTarget === undefined ? {} : { tellsTarget: request.tellsTarget }),
    ...(route === undefined ? {} : { route }),
    ...(origin === undefined ? {} : { workflow: origin.workflow, workflowVersion: origin.version }),
    deviceType: device.type,
    ...(device.zone === undefined ? {} : { deviceZone: device.zone }),
    priority: request.priority,
    timeoutMs: request.timeoutSeconds * 1_000,
    queuedAt: now,
    expiresAt: now + (request.expiresSeconds === 0 ? request.timeoutSeconds : request.expiresSeconds) * 1_000,
  };
}

/** What is done about a command later is told with the values that there are before it. */
async function filledIn<T extends Pick<Compensation, 'with' | 'deferred'>>(
  template: T,
  bindings: JsonObject,
): Promise<T> {
  return { ...template, with: await fillDeferred(template.with, template.deferred, bindings), deferred: {} };
}

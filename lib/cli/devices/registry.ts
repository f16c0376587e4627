import { StepwrightError } from '#core/error.ts';
import { isJsonObject, type JsonObject } from '#core/json.ts';
import { findServer, type ServerArguments } from '../find-server.ts';
import type { ExitCode } from '../print-fault.ts';
import { readInput } from '../read-input.ts';
import { printJson, type Terminal } from '../terminal.ts';
import { registerDevice, removeDevice } from './device-calls.ts';

/** What `stepwright devices register` was called with. */
export interface RegisterArguments extends ServerArguments {
  readonly id: string;
  readonly type?: string;
  readonly zone?: string;
  readonly capability?: Readonly<Record<string, string>>;
  readonly tag?: Readonly<Record<string, string>>;
  readonly reported?: string;
}

/** `stepwright devices register`: registers a device, or changes what is registered of it. */
export async function registerCommand(args: RegisterArguments, terminal: Terminal): Promise<ExitCode> {
  const { id, type, zone, capability, tag, reported } = args;
  const body: JsonObject = {
    ...(type === undefined ? {} : { type }),
    ...(zone === undefined ? {} : { zone }),
    ...(capability === undefined ? {} : { capabilities: capability }),
    ...(tag === undefined ? {} : { tags: tag }),
    ...(reported === undefined ? {} : { reported: await reportedOf(reported) }),
  };
  const device = await registerDevice(findServer(args, process.env), id, body);
  if (terminal.json) printJson(terminal, device);
  else terminal.print(`device ${device.id} is registered`);
  return 0;
}

async function reportedOf(text: string): Promise<JsonObject> {
  const given = await readInput(text, '--reported');
  if (isJsonObject(given)) return given;
  throw new StepwrightError({
    code: 'SW3020',
    kind: 'invalid',
    message: '--reported is no object',
    hint: `give what the device reports by name, such as --reported '{"firmware":"1.9.0"}'`,
  });
}

/** `stepwright devices remove`: takes a device out of the registry. */
export async function removeCommand(
  id: string,
  args: ServerArguments,
  terminal: Terminal,
): Promise<ExitCode> {
  await removeDevice(findServer(args, process.env), id);
  if (terminal.json) printJson(terminal, { id });
  else terminal.print(`device ${id} is removed`);
  return 0;
}

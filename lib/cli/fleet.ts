import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { StepwrightError } from '#core/error.ts';
import type { CommandStore } from '#devices/sdk/command-store.ts';
import { FileCommandStore } from '#devices/sdk/file-command-store.ts';
import { startFleet } from '#devices/simulator/fleet.ts';
import type { ExecutedCommand } from '#devices/simulator/simulated-device.ts';
import { withoutLogin } from '#devices/transport/mqtt-connection.ts';
import { loadFleet } from './load-fleet.ts';
import type { ExitCode } from './print-fault.ts';
import { printJson, type Terminal } from './terminal.ts';
import { count } from './text-layout.ts';
import { untilInterrupted } from './until-interrupted.ts';

/** What `stepwright fleet` was called with. */
export interface FleetArguments {
  readonly file: string;
  readonly broker: string;
  readonly log?: string;
  /** Folder in which the devices keep which commands they have done. */
  readonly data?: string;
}

/** `stepwright fleet`: simulated devices as a process of their own, until it is interrupted. */
export async function fleetCommand(
  { file, broker, log, data }: FleetArguments,
  terminal: Terminal,
): Promise<ExitCode> {
  const fleet = loadFleet(file, terminal);
  const write = log === undefined ? undefined : logWriter(log);
  const running = await startFleet({
    fleet,
    brokerUrl: broker,
    ...(write === undefined ? {} : { onExecuted: write }),
    ...(data === undefined ? {} : { storeOf: (device) => storeIn(data, device) }),
  });
  const devices = running.online.length;
  const shown = withoutLogin(broker);
  if (terminal.json) printJson(terminal, { broker: shown, devices });
  else terminal.print(`${count(devices, 'device')} of fleet ${fleet.name} connected to ${shown}`);
  await untilInterrupted();
  await running.stop();
  return 0;
}

/** A crash of this process is what is simulated, and not one of the machine: nothing has to be synced. */
function storeIn(folder: string, device: string): CommandStore {
  return new FileCommandStore(join(folder, `${device}.jsonl`), { isSynced: false });
}

/** Appends whole lines, so that several fleets may share a log and a crash cuts none in two. */
function logWriter(file: string): (command: ExecutedCommand) => void {
  append(file, '');
  return (command) => append(file, `${JSON.stringify(command)}\n`);
}

function append(file: string, text: string): void {
  try {
    appendFileSync(file, text);
  } catch (cause) {
    const fault = {
      code: 'SW3021',
      kind: 'invalid',
      message: `the log ${file} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`,
      hint: 'name a file that you may write to with --log',
    } as const;
    throw new StepwrightError(fault, { cause });
  }
}

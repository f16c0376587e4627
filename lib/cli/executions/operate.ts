import { userInfo } from 'node:os';
import type { Json, JsonObject } from '#core/json.ts';
import { findServer, type ServerArguments } from '../find-server.ts';
import type { ExitCode } from '../print-fault.ts';
import { readInput } from '../read-input.ts';
import { printJson, type Terminal } from '../terminal.ts';
import { type ExecutionSummary, operate, sendSignal } from './execution-calls.ts';

/** Who does something to an execution, and why. */
export interface OperatorArguments extends ServerArguments {
  readonly by?: string;
  readonly reason?: string;
}

/** `stepwright executions stop`, `pause`, `resume` and `rollback`. */
export async function verbCommand(
  { id, verb, ...args }: OperatorArguments & { readonly id: string; readonly verb: keyof typeof WORDS },
  terminal: Terminal,
): Promise<ExitCode> {
  const changed = await operate(findServer(args, process.env), { id, verb }, operatorOf(args));
  return tell(changed, WORDS[verb], terminal);
}

const WORDS = {
  stop: 'is being stopped',
  pause: 'is paused',
  resume: 'goes on',
  rollback: 'is being rolled back',
} as const;

/** `stepwright executions redrive`: goes on from the steps that did not succeed. */
export async function redriveCommand(
  { id, version, ...args }: OperatorArguments & { readonly id: string; readonly version?: string },
  terminal: Terminal,
): Promise<ExitCode> {
  const body = { ...operatorOf(args), ...(version === undefined ? {} : { version }) };
  const changed = await operate(findServer(args, process.env), { id, verb: 'redrive' }, body);
  return tell(changed, `goes on with ${changed.workflow} ${changed.version}`, terminal);
}

/** `stepwright executions skip`: gives a step an output, and goes on after it. */
export async function skipCommand(
  {
    id,
    path,
    output,
    ...args
  }: OperatorArguments & { readonly id: string; readonly path: string; readonly output?: string },
  terminal: Terminal,
): Promise<ExitCode> {
  const body = { ...operatorOf(args), path, output: await documentOf('--output', output, null) };
  const changed = await operate(findServer(args, process.env), { id, verb: 'skip' }, body);
  return tell(changed, `goes on after ${path}`, terminal);
}

/** `stepwright executions signal`: tells an execution of an event. */
export async function signalCommand(
  {
    id,
    name,
    payload,
    ...args
  }: OperatorArguments & { readonly id: string; readonly name: string; readonly payload?: string },
  terminal: Terminal,
): Promise<ExitCode> {
  const body = { ...operatorOf(args), name, data: await documentOf('--payload', payload, {}) };
  const taken = await sendSignal(findServer(args, process.env), id, body);
  if (terminal.json) printJson(terminal, { taken });
  else
    terminal.print(
      taken ? `a step of ${id} has taken "${name}"` : `"${name}" is kept until a step of ${id} takes it`,
    );
  return 0;
}

async function documentOf(option: string, text: string | undefined, otherwise: Json): Promise<Json> {
  return text === undefined ? otherwise : readInput(text, option);
}

/** Who is logged in here, where nobody else is named: the token does not say. */
function operatorOf({ by, reason }: OperatorArguments): JsonObject {
  const name = by ?? (process.env['STEPWRIGHT_USER'] || userInfo().username);
  return { by: name, ...(reason === undefined ? {} : { reason }) };
}

function tell(changed: ExecutionSummary, words: string, terminal: Terminal): ExitCode {
  if (terminal.json) printJson(terminal, changed);
  else terminal.print(`execution ${changed.executionId} ${words}`);
  return 0;
}

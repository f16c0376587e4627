import type { Json } from '#core/json.ts';
import { findServer } from '../find-server.ts';
import { type OperatorArguments, operatorOf } from '../operator.ts';
import type { ExitCode } from '../print-fault.ts';
import { readInput } from '../read-input.ts';
import { printJson, type Terminal } from '../terminal.ts';
import { type ExecutionSummary, operate, sendSignal } from './execution-calls.ts';

/** `stepwright executions stop`: what it completed is undone, or, with `--keep`, stays. */
export async function stopCommand(
  { id, keep, ...args }: OperatorArguments & { readonly id: string; readonly keep?: true },
  terminal: Terminal,
): Promise<ExitCode> {
  const body = { ...operatorOf(args), ...(keep === undefined ? {} : { keep }) };
  const changed = await operate(findServer(args, process.env), { id, verb: 'stop' }, body);
  return tell(changed, 'is being stopped', terminal);
}

/** `stepwright executions pause` and `resume`. */
export async function verbCommand(
  { id, verb, ...args }: OperatorArguments & { readonly id: string; readonly verb: keyof typeof WORDS },
  terminal: Terminal,
): Promise<ExitCode> {
  const changed = await operate(findServer(args, process.env), { id, verb }, operatorOf(args));
  return tell(changed, WORDS[verb], terminal);
}

const WORDS = {
  pause: 'is paused',
  resume: 'goes on',
} as const;

/** `stepwright executions rollback`: undoes what an execution has left on its devices. */
export async function rollbackCommand(
  { id, unknown, ...args }: OperatorArguments & { readonly id: string; readonly unknown?: string },
  terminal: Terminal,
): Promise<ExitCode> {
  const body = { ...operatorOf(args), ...(unknown === undefined ? {} : { unknown }) };
  const changed = await operate(findServer(args, process.env), { id, verb: 'rollback' }, body);
  return tell(changed, 'is being rolled back', terminal);
}

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

/** `stepwright executions next`: lets a rollout that waits between two waves go on now. */
export async function nextCommand(
  { id, path, ...args }: OperatorArguments & { readonly id: string; readonly path?: string },
  terminal: Terminal,
): Promise<ExitCode> {
  const body = { ...operatorOf(args), ...(path === undefined ? {} : { path }) };
  const changed = await operate(findServer(args, process.env), { id, verb: 'next' }, body);
  return tell(changed, 'goes on with the next wave', terminal);
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

function tell(changed: ExecutionSummary, words: string, terminal: Terminal): ExitCode {
  if (terminal.json) printJson(terminal, changed);
  else terminal.print(`execution ${changed.executionId} ${words}`);
  return 0;
}

import { setTimeout as pause } from 'node:timers/promises';
import { StepwrightError } from '#core/error.ts';
import { isJsonObject, type JsonObject } from '#core/json.ts';
import { OPEN } from '#devices/command.ts';
import type { Server } from '../api-client.ts';
import { secondOf, tookWords } from '../executions/print-words.ts';
import { findServer, type ServerArguments } from '../find-server.ts';
import { type OperatorArguments, operatorOf } from '../operator.ts';
import type { ExitCode } from '../print-fault.ts';
import { readInput } from '../read-input.ts';
import { markOf } from '../step-marks.ts';
import { printJson, type Terminal } from '../terminal.ts';
import { hanging } from '../text-layout.ts';
import { untilInterrupted } from '../until-interrupted.ts';
import { type CommandDocument, fetchCommand, postCancel, postCommand } from './command-calls.ts';

/** What `stepwright commands send` was called with. Times in ms. */
export interface SendArguments extends ServerArguments {
  readonly device: string;
  readonly command: string;
  readonly with?: string;
  readonly timeout: number;
  /** How long it may wait for a device that is offline. */
  readonly expires?: number;
  readonly priority: number;
  readonly follow?: true;
}

const POLL_MS = 250;

/** `stepwright commands send`: sends a command by hand. With `--follow`, exit code 1 when it has not succeeded. */
export async function sendCommand(args: SendArguments, terminal: Terminal): Promise<ExitCode> {
  const server = findServer(args, process.env);
  const body = {
    command: args.command,
    with: await argumentsOf(args.with),
    timeoutSeconds: args.timeout / 1_000,
    priority: args.priority,
    ...(args.expires === undefined ? {} : { expiresSeconds: args.expires / 1_000 }),
  };
  const sent = await postCommand(server, args.device, body);
  if (args.follow === undefined) {
    if (terminal.json) printJson(terminal, sent);
    else
      terminal.print(
        `command ${sent.id} ${sent.status === 'QUEUED' ? 'waits for' : 'is on its way to'} ${sent.device}`,
      );
    return 0;
  }
  terminal.note(`command ${sent.id}`);
  const stop = new AbortController();
  let ended: CommandDocument | undefined;
  try {
    const interrupted = untilInterrupted(stop.signal).then(() => undefined);
    ended = await Promise.race([untilEnded(server, sent, stop.signal), interrupted]);
  } finally {
    stop.abort();
  }
  if (ended === undefined) {
    terminal.note(`it goes on; "stepwright commands show ${sent.id}" tells how`);
    return 1;
  }
  return tell(ended, terminal);
}

async function argumentsOf(text: string | undefined): Promise<JsonObject> {
  const given = await readInput(text, '--with');
  if (isJsonObject(given)) return given;
  throw new StepwrightError({
    code: 'SW3020',
    kind: 'invalid',
    message: '--with is no object',
    hint: `give the arguments by their names, such as --with '{"release":"2.1.0"}'`,
  });
}

async function untilEnded(
  server: Server,
  sent: CommandDocument,
  signal: AbortSignal,
): Promise<CommandDocument | undefined> {
  let latest = sent;
  while (OPEN.includes(latest.status) && !signal.aborted) {
    await pause(POLL_MS, undefined, { signal }).catch(() => undefined);
    if (!signal.aborted) latest = await fetchCommand(server, sent.id);
  }
  return signal.aborted ? undefined : latest;
}

/** `stepwright commands show`: how a command stands. */
export async function showCommand(id: string, args: ServerArguments, terminal: Terminal): Promise<ExitCode> {
  tell(await fetchCommand(findServer(args, process.env), id), terminal);
  return 0;
}

/** `stepwright commands cancel`: takes back a command that waits. */
export async function cancelCommand(
  id: string,
  args: OperatorArguments,
  terminal: Terminal,
): Promise<ExitCode> {
  const cancelled = await postCancel(findServer(args, process.env), id, operatorOf(args));
  if (terminal.json) printJson(terminal, cancelled);
  else terminal.print(`${cancelled.command} for ${cancelled.device} is cancelled`);
  return 0;
}

function tell(command: CommandDocument, terminal: Terminal): ExitCode {
  if (terminal.json) printJson(terminal, command);
  else for (const line of commandLines(command, terminal)) terminal.print(line);
  return command.status === 'SUCCEEDED' ? 0 : 1;
}

const LABEL = 10;

function commandLines(command: CommandDocument, { paint, columns }: Terminal): readonly string[] {
  const { id, status, device, execution, path } = command;
  const mark = markOf(status, paint);
  const of = execution === undefined ? '' : `, ${path ?? ''} of execution ${execution}`;
  return [
    `${mark.paint(mark.sign)} ${paint.bold(status)}  ${command.command} for ${device}, command ${id}${of}`,
    ...factsOf(command).map(([title, text]) => hanging(title.padEnd(LABEL), text, columns)),
  ];
}

function factsOf(command: CommandDocument): readonly (readonly [string, string])[] {
  const { queuedAt, sentAt, endedAt, result, error, cause, tookEffect, undoneBy } = command;
  const sent = sentAt === undefined ? 'not sent yet' : `sent ${secondOf(sentAt)} UTC`;
  const took = sentAt === undefined ? '' : tookWords({ startedAt: sentAt, endedAt });
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['queued', `${secondOf(queuedAt)} UTC, ${sent}${took === '' ? '' : `, ended after ${took}`}`],
    ['arguments', JSON.stringify(command.with)],
    ['result', result === undefined ? undefined : JSON.stringify(result)],
    ['error', error === undefined ? undefined : [error, cause].filter(Boolean).join(': ')],
    ['effect', tookEffect === undefined ? undefined : `it has ${tookEffect ? '' : 'not '}taken effect`],
    ['undone', undoneBy === undefined ? undefined : `by command ${undoneBy}`],
  ];
  return facts.flatMap(([title, text]) => (text === undefined ? [] : [[title, text] as const]));
}

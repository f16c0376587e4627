import type { UnwindInput } from '#compiler/task-payload.ts';
import { RuntimeError } from '#core/error.ts';
import type { Json } from '#core/json.ts';
import { type Command, dueAt, OPEN } from '#devices/command.ts';
import { commandsOf, isUnder } from '#devices/command-store.ts';
import { cancelQueuedCommands, expireCommand } from '#devices/expire.ts';
import { BY_REPORTED_STATE, markFinding } from '#devices/marks.ts';
import { findDevice } from '#devices/registry.ts';
import { verdictByReportedState } from '#devices/verdict.ts';
import { commandKey } from '#table/keys.ts';
import { getExecution } from './execution-store.ts';
import { type HttpDoing, httpUnder } from './http-call.ts';
import type { ExecutionPorts } from './ports.ts';
import { isToBeUndone } from './saga.ts';
import { type Call, callsUnder, isCallToBeUndone, stopCalls } from './undo-calls.ts';
import { isHttpInFlight, undoHttpRequest } from './undo-http.ts';
import { askRequest, nextDoings, undoRequest } from './unwind-plan.ts';
import { getVersion } from './workflow-store.ts';

/** What the machine is to do next, side by side: undo commands or ask about them, or undo calls, or have called workflows undone. */
export interface Layer {
  readonly next: 'undo' | 'undo calls' | 'undo workflows';
  /** Empty when nothing is left. */
  readonly requests: readonly Json[];
}

/**
 * The next layer of an unwind. What has not left is taken back, and called workflows that run are stopped. Fails with
 * Saga.InFlight while commands may be answered, called workflows have not ended, or devices may yet report.
 */
export async function nextLayer(ports: ExecutionPorts, scope: UnwindInput): Promise<Layer> {
  const commands = await settledCommands(ports, scope);
  const calls = await callsUnder(ports, scope);
  const open = await stopCalls(ports, calls);
  if (open.length > 0) throw inFlight(open.length, 'called workflows have not ended');
  const https = await settledHttp(ports, scope);
  const left: Call[] = [];
  for (const call of calls) if (await isCallToBeUndone(ports, call, scope.round)) left.push(call);
  const { workflow, version } = await getExecution(ports.table, scope.execution);
  const { compiled } = await getVersion(ports.table, workflow, version);
  for (let known = commands; ; known = await commandsUnder(ports, scope)) {
    const layer = nextDoings(compiled.steps, { commands: known, calls: left, https }, scope.round);
    const judged = await judgeAll(ports, layer.commands, scope.round);
    // What the reported state tells may leave nothing of the layer, and change what comes next.
    if (judged !== 'again') return requestsOf({ ...layer, ...judged }, scope.round);
  }
}

/** The commands of an execution, or of one of its iterations, undo commands counted in. */
export async function commandsUnder(
  { table }: Pick<ExecutionPorts, 'table'>,
  { execution, scope }: Pick<UnwindInput, 'execution' | 'scope'>,
): Promise<readonly Command[]> {
  return (await commandsOf(table, execution)).filter((command) => isUnder(command, scope));
}

/** The commands, once none of them may be answered any more: also those of an unwind before. What is overdue has ended. */
async function settledCommands(ports: ExecutionPorts, scope: UnwindInput): Promise<readonly Command[]> {
  const commands = await commandsUnder(ports, scope);
  const open = commands.filter(({ status }) => OPEN.includes(status));
  if (open.length === 0) return commands;
  await cancelQueuedCommands(ports, scope);
  for (const command of open) {
    if (dueAt(command) <= ports.clock.now()) await expireCommand(ports, command.id);
  }
  const now = await commandsUnder(ports, scope);
  const left = now.filter(({ status }) => OPEN.includes(status));
  if (left.length > 0) throw inFlight(left.length, 'commands have not been answered yet');
  return now;
}

/** The calls over HTTP, once none of them may be answered any more. */
async function settledHttp(ports: ExecutionPorts, scope: UnwindInput): Promise<readonly HttpDoing[]> {
  const https = await httpUnder(ports, scope);
  const open = https.filter((doing) => isHttpInFlight(doing, ports.clock.now()));
  if (open.length > 0) throw inFlight(open.length, 'calls over HTTP have not been answered yet');
  return https;
}

interface Judged {
  readonly ready: readonly Command[];
  /** How many are not, since their devices may yet report. */
  readonly waiting: number;
}

/** Sees to what the reported state of devices tells. Where it has told anything, all is to be looked at again. */
async function judgeAll(
  ports: ExecutionPorts,
  commands: readonly Command[],
  round: number,
): Promise<Judged | 'again'> {
  const isByState = (command: Command): boolean =>
    !isToBeUndone(command, round) && command.verify?.command === undefined;
  const toJudge = commands.filter(isByState);
  let waiting = 0;
  for (const command of toJudge) if ((await judge(ports, command, round)) === 'wait') waiting++;
  if (waiting < toJudge.length) return 'again';
  return { ready: commands.filter((command) => !isByState(command)), waiting };
}

/** Puts on record what the reported state of a device tells of a command, or that it tells nothing, once it has had its time. */
async function judge(ports: ExecutionPorts, command: Command, round: number): Promise<'judged' | 'wait'> {
  const { table, clock } = ports;
  const verdict = await verdictByReportedState(command, await findDevice(table, command.device));
  if (verdict.kind === 'known') {
    const { tookEffect } = verdict;
    await markFinding(table, command, { tookEffect, by: BY_REPORTED_STATE, at: clock.now() });
    return 'judged';
  }
  if (verdict.until !== undefined && clock.now() < verdict.until) return 'wait';
  await giveUp(ports, { id: command.id, round, error: 'Saga.OutcomeUnknown', cause: verdict.reason });
  return 'judged';
}

function requestsOf(
  {
    ready,
    waiting,
    calls,
    https,
  }: Judged & { readonly calls: readonly Call[]; readonly https: readonly HttpDoing[] },
  round: number,
): Layer {
  if (ready.length + calls.length + https.length === 0 && waiting > 0) {
    throw inFlight(waiting, 'devices have not reported their state yet');
  }
  if (ready.length === 0 && https.length > 0) {
    return { next: 'undo calls', requests: https.map((doing) => undoHttpRequest(doing, round)) };
  }
  if (ready.length === 0) {
    return { next: 'undo workflows', requests: calls.map(({ child }) => ({ id: child.id })) };
  }
  const requestFor = (command: Command): Json[] =>
    isToBeUndone(command, round) ? undoRequest(command, round) : askRequest(command, round);
  return { next: 'undo', requests: ready.flatMap(requestFor) };
}

/** What is given up, and why. */
export interface GivenUp {
  readonly id: string;
  readonly round: number;
  readonly error: string;
  readonly cause: string;
}

/** Puts on record that a command could not be undone, or that it could not be found out what it did. */
export async function giveUp(
  { table }: Pick<ExecutionPorts, 'table'>,
  { id, round, error, cause }: GivenUp,
): Promise<void> {
  await table.update({
    key: commandKey(id),
    set: { undoError: error, undoCause: cause, undoRound: round },
    condition: { exists: true },
  });
}

function inFlight(count: number, what: string): RuntimeError {
  return new RuntimeError('Saga.InFlight', `${count} ${what}`);
}

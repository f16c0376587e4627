import { firstTry } from '#compiler/task-id.ts';
import type { CommandRequest } from '#compiler/task-payload.ts';
import { commandKey } from '#table/keys.ts';
import { queryAll, type Table } from '#table/table.ts';
import { type Command, dueAt, fromCommandItem, OPEN } from './command.ts';
import { findCommand } from './command-store.ts';

type Try = Pick<CommandRequest, 'execution' | 'path' | 'attempt' | 'undoes' | 'verifies'>;

/** The id of a command: of its execution, step, iteration and try, so that a redelivery is recognised. */
export function commandId(request: Try): string {
  return `${idOfTries(request)}${request.attempt}`;
}

/** With what the ids of all tries begin. */
function idOfTries(request: Try): string {
  if (request.undoes !== undefined) return `${request.undoes}:undo:`;
  if (request.verifies !== undefined) return `${request.verifies}:verify:`;
  return `${request.execution}:${request.path}:`;
}

/** The command of a task. */
export interface CommandOfTask {
  readonly id: string;
  /** The command where it was issued before. */
  readonly known: Command | undefined;
  /** The number of the try: calls of the handler that have failed do not count. */
  readonly attempt: number;
  /** The tries before, the last one last. */
  readonly before: readonly Command[];
}

/**
 * Finds the command of a task. Its number counts also the calls that have failed themselves, and a task that is redriven is
 * numbered anew: so what goes by is what has become of the tries that are on record. One that is open goes on, one that has taken
 * effect and has not been undone counts, and one whose failure no task has heard is told; else the task gets a new one, with the
 * number after the last.
 */
export async function commandOfTask(
  table: Table,
  request: Try & Pick<CommandRequest, 'taskToken'>,
  now: number,
): Promise<CommandOfTask> {
  const first = firstTry(request);
  const known = await findCommand(table, commandId(request));
  if (known !== undefined && isAskedForBy(known, request.taskToken)) return found(known);
  const isFirst = isOfAnUnwind(request) ? request.attempt === 0 : request.attempt === first;
  if (known === undefined && isFirst) return newTry(request, request.attempt, []);
  const tries = await triesOf(table, request);
  if (isOfAnUnwind(request)) return ofUnwind(request, { known, tries, now });
  const before = tries.filter((each) => firstTry(each) === first);
  const earlier = before.filter((each) => each.attempt < request.attempt);
  const adopted =
    before.find((each) => isAskedForBy(each, request.taskToken)) ??
    before.findLast((each) => each.attempt === request.attempt && holds(each)) ??
    earlier.findLast((each) => holds(each) && !isOverdue(each, now)) ??
    earlier.slice(-1).find(({ isUntold }) => isUntold === true);
  return adopted === undefined ? newTry(request, numberAfter(request, before), before) : found(adopted);
}

function found(known: Command): CommandOfTask {
  return { id: known.id, known, attempt: known.attempt, before: [] };
}

function newTry(request: Try, attempt: number, before: readonly Command[]): CommandOfTask {
  const id = commandId({ ...request, attempt });
  const redrives = before.filter((each) => each.attempt === attempt).length;
  const own = redrives === 0 ? id : `${id}:redrive:${redrives}`;
  return { id: own, known: undefined, attempt, before };
}

/** That of the task, where there has been such a try: it is redriven. Else the one after those that there have been. */
function numberAfter(request: Try, before: readonly Command[]): number {
  const numbers = before.map(({ attempt }) => attempt).filter((attempt) => attempt <= request.attempt);
  return Math.min(request.attempt, Math.max(firstTry(request) - 1, ...numbers) + 1);
}

interface OfUnwind {
  readonly known: Command | undefined;
  readonly tries: readonly Command[];
  readonly now: number;
}

/**
 * An undo whose answer did not come may have been done: it is the same again, whatever the round, so that its device recognises it.
 * A question is a new one, as the answer may be another now.
 */
function ofUnwind(request: Try, { known, tries, now }: OfUnwind): CommandOfTask {
  const last = tries.at(-1);
  if (last !== undefined && (isUnanswered(last) || (OPEN.includes(last.status) && !isOverdue(last, now))))
    return found(last);
  if (known !== undefined) return found(known);
  const ofRound = tries.filter((each) => firstTry(each) === firstTry(request));
  return newTry(request, numberAfter(request, ofRound), tries);
}

/** Whether it is unknown what an undo did: it was not answered, or was sent again, and did not leave a second time. */
export function isUnanswered({ undoes, status, resends = 0 }: Command): boolean {
  if (undoes === undefined) return false;
  return status === 'TIMED_OUT' || (resends > 0 && (status === 'EXPIRED' || status === 'CANCELLED'));
}

function isOfAnUnwind({ undoes, verifies }: Try): boolean {
  return undoes !== undefined || verifies !== undefined;
}

/** All tries, of every round of a rollback too, the last one last; strongly consistent. */
async function triesOf(table: Table, request: Try): Promise<readonly Command[]> {
  const { pk: partition, sk: prefix } = commandKey(idOfTries(request));
  const tries: Command[] = [];
  for await (const item of queryAll(table, { partition, prefix })) tries.push(fromCommandItem(item));
  return tries
    .filter(({ undoes, verifies }) => undoes === request.undoes && verifies === request.verifies)
    .toSorted((one, other) => one.queuedAt - other.queuedAt || one.attempt - other.attempt);
}

/** Whether a task is one that has asked for a command. */
export function isAskedForBy({ taskToken, earlierTokens = [] }: Command, token: string | undefined): boolean {
  return token !== undefined && [taskToken, ...earlierTokens].includes(token);
}

function isOverdue(command: Command, now: number): boolean {
  return OPEN.includes(command.status) && dueAt(command) <= now;
}

function holds({ status, expected, undoneAt }: Command): boolean {
  if (OPEN.includes(status)) return true;
  return status === 'SUCCEEDED' && expected !== false && undoneAt === undefined;
}

import { type HttpCall, HttpCallSchema, type UndoHttpRequest } from '#compiler/call-payload.ts';
import { RuntimeError } from '#core/error.ts';
import type { Json } from '#core/json.ts';
import { verdictBy } from '#devices/verdict.ts';
import { answerOf } from '#integrations/call-http.ts';
import { taskKeys } from '#table/keys.ts';
import { ConditionFailed } from '#table/table.ts';
import { type HttpDoing, HttpDoingSchema } from './http-call.ts';
import { isFinalAnswer } from './http-try.ts';
import type { LeftBehind } from './left-behind.ts';
import type { ExecutionPorts } from './ports.ts';
import type { StepStatus } from './step-state.ts';

/** More than the tries of one undo in one round of a rollback: each round numbers its own. */
const TRIES_OF_A_ROUND = 100;

/** Whether a call was taken and has neither been undone nor given up in this round. */
export function isHttpToBeUndone(
  { status, undoneAt, undoError, undoRound = 0 }: HttpDoing,
  round = 0,
): boolean {
  return status === 'DONE' && undoneAt === undefined && (undoError === undefined || undoRound < round);
}

/** Whether it is unknown what a call did, its service can be asked, and that has not been given up in this round. */
export function isHttpToBeAsked(
  { status, compensate, undoError, undoRound = 0 }: HttpDoing,
  round = 0,
): boolean {
  const isUnknown = status === 'UNKNOWN' || status === 'OPEN';
  return isUnknown && compensate.verify !== undefined && (undoError === undefined || undoRound < round);
}

/** Whether what a call did is there, or may be. */
export function isHttpLeftBehind({ status, undoneAt }: HttpDoing): boolean {
  return undoneAt === undefined && status !== 'REFUSED';
}

/** Whether a call may yet be answered. */
export function isHttpInFlight({ status, dueAt }: HttpDoing, now: number): boolean {
  return status === 'OPEN' && now < dueAt;
}

/** What is said of a step by how far the undo of its calls is; undefined where none was begun. */
export function undoStatusOf(made: readonly HttpDoing[]): StepStatus | undefined {
  const doings = made.filter(({ status }) => status !== 'REFUSED');
  if (doings.some(({ undoError, undoneAt }) => undoError !== undefined && undoneAt === undefined)) {
    return 'COMPENSATION_FAILED';
  }
  if (doings.some(({ undoTries, undoneAt }) => undoTries > 0 && undoneAt === undefined))
    return 'COMPENSATING';
  return doings.some(({ undoneAt }) => undoneAt !== undefined) ? 'COMPENSATED' : undefined;
}

/** The request for the undo of a call, or to ask about it first, without the token. */
export function undoHttpRequest(doing: HttpDoing, round: number): Json {
  const { id, path } = doing;
  const execution = id.slice(0, id.indexOf(':'));
  const asks = isHttpToBeAsked(doing, round) ? { asks: true } : {};
  return { execution, path, attempt: round * TRIES_OF_A_ROUND, undoes: id, ...asks };
}

/** Makes the call that undoes another, and puts that on record. Throws Http.*, Secret.Unknown, Step.InvalidArguments. */
export async function undoHttp(
  ports: Pick<ExecutionPorts, 'table' | 'clock' | 'secrets' | 'allowedHosts' | 'exchange'>,
  { undoes, ...task }: UndoHttpRequest,
): Promise<void> {
  const key = taskKeys.called(undoes);
  const doing = HttpDoingSchema.parse(await ports.table.get(key));
  if (doing.undoneAt !== undefined) return;
  await ports.table.update({ key, set: { undoTries: doing.undoTries + 1 } });
  const { timeoutSeconds } = doing.compensate;
  const request = { ...task, ...undoCallOf(doing), bindings: {}, timeoutSeconds };
  const options = { key: `${undoes}:undo:${doing.undoFailures}`, takes: isGone };
  await answerOf(ports, request, options).catch(async (error: unknown) => {
    const undoFailures = doing.undoFailures + 1;
    if (isFinalAnswer(error)) await ports.table.update({ key, set: { undoFailures } });
    throw error;
  });
  await ports.table.update({ key, set: { undoneAt: ports.clock.now() } });
}

/**
 * Asks the service whether it took a call that was not answered, and puts its word on record. Throws Http.*, Secret.Unknown, and
 * Saga.OutcomeUnknown where its answer says nothing.
 */
export async function askAboutHttp(
  ports: Pick<ExecutionPorts, 'table' | 'secrets' | 'allowedHosts' | 'exchange'>,
  { undoes, ...task }: UndoHttpRequest,
): Promise<void> {
  const key = taskKeys.called(undoes);
  const { status, compensate, bindings, undoTries } = HttpDoingSchema.parse(await ports.table.get(key));
  const { verify } = compensate;
  if (status === 'DONE' || status === 'REFUSED' || verify === undefined) return;
  await ports.table.update({ key, set: { undoTries: undoTries + 1 } });
  const request = { ...task, ...verify.call, bindings: {}, timeoutSeconds: verify.timeoutSeconds };
  const options = { key: `${undoes}:verify:${undoTries}`, takes: isWord };
  const result = await answerOf(ports, request, options);
  const mayLack = NOT_THERE.includes(Number(result['status']));
  const verdict = await verdictBy(verify.expect, { bindings, seen: { result }, mayLack });
  if (verdict.kind === 'unknown') throw new RuntimeError('Saga.OutcomeUnknown', verdict.reason);
  // The answer to the call itself may have come meanwhile.
  const condition = { attribute: 'status', equals: status };
  await ports.table
    .update({ key, set: { status: verdict.tookEffect ? 'DONE' : 'REFUSED' }, condition })
    .catch(unlessChanged);
}

function unlessChanged(error: unknown): void {
  if (!(error instanceof ConditionFailed)) throw error;
}

/** Statuses by which a service says that there is nothing of the kind. */
const NOT_THERE = [404, 410];

/** That there is nothing of the kind is an answer. */
function isWord(_call: unknown, status: number): boolean {
  return status < 500;
}

/** Throws Step.InvalidArguments where it cannot be told. */
function undoCallOf({ undo, compensate, error, cause }: HttpDoing): HttpCall {
  if (undo !== undefined) return undo;
  if (error === 'Step.InvalidArguments') throw new RuntimeError(error, cause ?? '');
  if (Object.keys(compensate.deferred).length > 0) {
    throw new RuntimeError('Step.InvalidArguments', 'its undo reads $result, and there was no answer');
  }
  return HttpCallSchema.parse(compensate.call);
}

/** What is deleted already need not be: the try before may have done it, and its answer may be lost. */
function isGone({ method }: Pick<HttpCall, 'method'>, status: number): boolean {
  return method === 'DELETE' && NOT_THERE.includes(status);
}

/** Puts on record that a call could not be undone. */
export async function giveUpHttp(
  { table }: Pick<ExecutionPorts, 'table'>,
  { id, round, error, cause }: { id: string; round: number; error: string; cause: string },
): Promise<void> {
  await table.update({
    key: taskKeys.called(id),
    set: { undoError: error, undoCause: cause, undoRound: round },
    condition: { exists: true },
  });
}

/** An operator's word on calls of which nobody knows what they did. Gives how many. */
export async function decideUnknownHttp(
  { table, clock }: Pick<ExecutionPorts, 'table' | 'clock'>,
  doings: readonly HttpDoing[],
  tookEffect: boolean,
): Promise<number> {
  const unknown = doings.filter(
    (doing) => doing.status === 'UNKNOWN' || (doing.status === 'OPEN' && !isHttpInFlight(doing, clock.now())),
  );
  for (const { id } of unknown) {
    await table.update({ key: taskKeys.called(id), set: { status: tookEffect ? 'DONE' : 'REFUSED' } });
  }
  return unknown.length;
}

/** Why what a call did is still there, or may be, besides a point of no return. */
export function whyHttpIsLeft(doing: HttpDoing): Pick<LeftBehind, 'reason' | 'error' | 'cause'> {
  const { status, error = 'Saga.OutcomeUnknown', cause, undoError, undoCause = '' } = doing;
  if (status !== 'DONE') {
    const why =
      undoError === undefined
        ? { error, cause: cause ?? 'no answer came' }
        : { error: undoError, cause: undoCause };
    return { reason: 'OUTCOME_UNKNOWN', ...why };
  }
  if (undoError !== undefined) return { reason: 'UNDO_FAILED', error: undoError, cause: undoCause };
  return {
    reason: 'NOT_UNDONE',
    error: 'Saga.UndoFailed',
    cause: 'the rollback ended before it came to this call',
  };
}

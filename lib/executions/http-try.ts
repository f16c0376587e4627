import type { CallHttpRequest } from '#compiler/call-payload.ts';
import { firstTry, lastingTaskId } from '#compiler/task-id.ts';
import { AnsweredWithFailure } from '#integrations/call-http.ts';
import { taskKeys } from '#table/keys.ts';
import type { ExecutionPorts } from './ports.ts';

type Recording = Pick<ExecutionPorts, 'table'>;

/**
 * A call with the number of its try, by which its service recognises it: as many as the service has answered with a failure before.
 * Where no answer came, or the handler failed that made the call, it is the same try again.
 */
export async function tryOfCall({ table }: Recording, request: CallHttpRequest): Promise<CallHttpRequest> {
  const first = firstTry(request);
  if (request.attempt === first) return request;
  const failures = Number((await table.get(taskKeys.answered(lastingTaskId(request))))?.['failures'] ?? 0);
  return { ...request, attempt: Math.min(request.attempt, first + failures) };
}

/** Puts on record that a service has answered a try of a call with a failure, which makes the next another try. */
export async function noteFailure(
  { table }: Recording,
  request: CallHttpRequest,
  error: unknown,
): Promise<void> {
  if (!isFinalAnswer(error)) return;
  const failures = request.attempt - firstTry(request) + 1;
  await table.put({ ...taskKeys.answered(lastingTaskId(request)), failures });
}

/** Statuses by which a service says that it has not come to the call yet, or is at it. */
const NOT_YET = [408, 409, 423, 425, 429, 502, 503, 504];

/** Whether a service has failed a call for good, so that the same call has no other answer. */
export function isFinalAnswer(error: unknown): boolean {
  return error instanceof AnsweredWithFailure && !NOT_YET.includes(error.status);
}

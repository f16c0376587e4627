import * as z from 'zod';
import { type CallHttpRequest, HttpCallSchema, HttpCompensationSchema } from '#compiler/call-payload.ts';
import { taskId } from '#compiler/task-id.ts';
import { RuntimeError } from '#core/error.ts';
import { type JsonObject, JsonObjectSchema } from '#core/json.ts';
import { isUnder } from '#devices/command-store.ts';
import { fillDeferred } from '#devices/deferred.ts';
import { executionKeys, taskKeys } from '#table/keys.ts';
import { ConditionFailed, queryAll, type Table } from '#table/table.ts';
import type { ExecutionPorts } from './ports.ts';

/** What became of a call: it is under way, the service took it, did not take it, or may have. */
const STATUSES = ['OPEN', 'DONE', 'REFUSED', 'UNKNOWN'] as const;

/** A call over HTTP that can be undone. Of secrets it holds the names. Times in ms since the epoch. */
export const HttpDoingSchema = z.object({
  /** Id of the task that made it. */
  id: z.string(),
  path: z.string(),
  attempt: z.number().int(),
  queuedAt: z.number(),
  /** From when on it is taken for lost while it is open. */
  dueAt: z.number(),
  status: z.enum(STATUSES),
  /** Host of the service. */
  service: z.string(),
  /** How it is undone, until its answer is there. */
  compensate: HttpCompensationSchema,
  bindings: JsonObjectSchema,
  /** The call that undoes it, once its answer is there. */
  undo: HttpCallSchema.optional(),
  /** Whether it was made before, and nobody knows what that did. */
  isDoubtful: z.boolean().default(false),
  /** Why it cannot be told how it is undone; or why nobody knows what it did. */
  error: z.string().optional(),
  cause: z.string().optional(),
  undoTries: z.number().int().default(0),
  /** How many of these the service has answered with a failure; by it, it recognises a try that comes twice. */
  undoFailures: z.number().int().default(0),
  undoneAt: z.number().optional(),
  /** Why its undo was given up, and in which round. */
  undoError: z.string().optional(),
  undoCause: z.string().optional(),
  undoRound: z.number().int().optional(),
});

/** A call over HTTP that can be undone. */
export type HttpDoing = z.infer<typeof HttpDoingSchema>;

/** A call that is lost is found out so much later than its own deadline, in ms. */
const GRACE_MS = 30_000;

type Recording = Pick<ExecutionPorts, 'table' | 'clock'>;

/** Puts on record that a call is being made, before it is; one that comes twice goes on with its record. */
export async function beginHttp({ table, clock }: Recording, request: CallHttpRequest): Promise<void> {
  const { compensate, bindings, path, attempt, timeoutSeconds, url } = request;
  if (compensate === undefined) return;
  const now = clock.now();
  const id = taskId(request);
  const open = { id, path, attempt, queuedAt: now, dueAt: now + timeoutSeconds * 1_000 + GRACE_MS };
  const told = { service: hostOf(url), compensate: JsonObjectSchema.parse(compensate), bindings };
  try {
    await table.put({ ...taskKeys.called(id), ...open, ...told, status: 'OPEN' }, { exists: false });
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
    await beginAgain(table, id, open.dueAt);
  }
}

/** What was taken stays so. Of any other it is open again what comes of it. */
async function beginAgain(table: Table, id: string, dueAt: number): Promise<void> {
  const { status, isDoubtful } = HttpDoingSchema.parse(await table.get(taskKeys.called(id)));
  if (status === 'DONE') return;
  const set = { status: 'OPEN', dueAt, isDoubtful: isDoubtful || status !== 'REFUSED' };
  await table.update({ key: taskKeys.called(id), set, condition: { attribute: 'status', equals: status } });
}

/** Puts on record that a service has answered a call, and by which call it is undone: with the values that there are now. */
export async function doneHttp(
  { table }: Recording,
  request: CallHttpRequest,
  result: JsonObject,
): Promise<void> {
  const { compensate, bindings } = request;
  if (compensate === undefined) return;
  const told = await undoOf(compensate, { ...bindings, result });
  await table.update({ key: taskKeys.called(taskId(request)), set: { status: 'DONE', ...told } });
}

/** Puts on record that a call has failed, by what it failed with. What it did before, when it came twice, stays. */
export async function failedHttp(
  { table }: Recording,
  request: CallHttpRequest,
  error: unknown,
): Promise<void> {
  if (request.compensate === undefined || !(error instanceof RuntimeError)) return;
  const key = taskKeys.called(taskId(request));
  const { isDoubtful } = HttpDoingSchema.parse(await table.get(key));
  const status = wasRefused(error) && !isDoubtful ? 'REFUSED' : 'UNKNOWN';
  try {
    await table.update({
      key,
      set: { status, error: error.name, cause: error.message },
      condition: { attribute: 'status', equals: 'OPEN' },
    });
  } catch (failure) {
    if (!(failure instanceof ConditionFailed)) throw failure;
  }
}

/** The call by which another is undone, or why that cannot be told. */
async function undoOf(
  { call, deferred }: Pick<HttpDoing['compensate'], 'call' | 'deferred'>,
  bindings: JsonObject,
): Promise<{ readonly undo: JsonObject } | { readonly error: string; readonly cause: string }> {
  try {
    const undo = HttpCallSchema.safeParse(await fillDeferred(call, deferred, bindings));
    if (undo.success) return { undo: JsonObjectSchema.parse(undo.data) };
    const [issue] = undo.error.issues;
    return { error: 'Step.InvalidArguments', cause: `${issue?.path.join('.')}: ${issue?.message}` };
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    return { error: error.name, cause: error.message };
  }
}

/** The calls of an execution, or of one of its iterations (`scope` is its path), that can be undone; strongly consistent. */
export async function httpUnder(
  { table }: Pick<ExecutionPorts, 'table'>,
  { execution, scope }: { readonly execution: string; readonly scope: string },
): Promise<readonly HttpDoing[]> {
  const query = { partition: executionKeys.partition(execution), prefix: taskKeys.calledPrefix };
  const found: HttpDoing[] = [];
  for await (const item of queryAll(table, query)) found.push(HttpDoingSchema.parse(item));
  return found.filter((doing) => isUnder(doing, scope));
}

/** Errors by which nothing was sent, or the service did not take it. */
const REFUSED = ['Http.ClientError', 'Http.Forbidden', 'Secret.Unknown', 'Step.InvalidArguments'];

/** Codes of Node.js by which there was no connection. */
const NO_CONNECTION = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'];

function wasRefused({ name, cause }: RuntimeError): boolean {
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : '';
  return REFUSED.includes(name) || (name === 'Http.Unreachable' && NO_CONNECTION.includes(code));
}

function hostOf(url: string): string {
  return URL.parse(url)?.host ?? url;
}

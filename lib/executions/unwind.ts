import * as z from 'zod';
import { UnwindInputSchema } from '#compiler/task-payload.ts';
import { assertNever } from '#core/assert-never.ts';
import type { Json } from '#core/json.ts';
import { executionKeys } from '#table/keys.ts';
import { httpUnder } from './http-call.ts';
import type { ExecutionPorts } from './ports.ts';
import { isLeftBehind } from './saga.ts';
import { settleRollback } from './settle.ts';
import { callsUnder, giveUpCall, isCallLeft } from './undo-calls.ts';
import { giveUpHttp, isHttpLeftBehind } from './undo-http.ts';
import { commandsUnder, giveUp, nextLayer } from './unwind-layer.ts';
import { hasCharge } from './unwind-run.ts';

const GiveUpSchema = z.object({
  action: z.literal('give-up'),
  id: z.string(),
  round: z.number().int().default(0),
  error: z.string(),
  cause: z.string(),
});

/** What the unwind machine asks for: the next layer, to note an undo as failed for good, and to close. */
export const UnwindRequestSchema = z.discriminatedUnion('action', [
  UnwindInputSchema.extend({
    action: z.literal('next'),
    /** Events of its history that it has used up, at most. */
    spent: z.number().int().default(0),
  }),
  GiveUpSchema,
  GiveUpSchema.extend({ action: z.literal('give-up-workflow') }),
  GiveUpSchema.extend({ action: z.literal('give-up-http') }),
  UnwindInputSchema.extend({ action: z.literal('finish') }),
]);

/** What the unwind machine asks for. */
export type UnwindRequest = z.infer<typeof UnwindRequestSchema>;

/** How much one unwind machine takes on. */
export interface UnwindLimits {
  /**
   * So many events of its history may be used up before it goes on in another. A history takes 25,000, of which waiting for
   * commands in flight takes up to 4,000.
   */
  readonly events: number;
}

const LIMITS: UnwindLimits = { events: 20_000 };

/** Does what the unwind machine asks for. Fails with Saga.InFlight while commands may still be answered. */
export async function unwind(
  ports: ExecutionPorts,
  request: UnwindRequest,
  limits: UnwindLimits = LIMITS,
): Promise<Json> {
  switch (request.action) {
    case 'next':
      return next(ports, request, limits);
    case 'give-up':
      await giveUp(ports, request);
      return {};
    case 'give-up-workflow':
      await giveUpCall(ports, request);
      return {};
    case 'give-up-http':
      await giveUpHttp(ports, request);
      return {};
    case 'finish':
      return finish(ports, request);
    default:
      return assertNever(request);
  }
}

type Next = Extract<UnwindRequest, { action: 'next' }>;
type Scope = z.infer<typeof UnwindInputSchema>;

/** Events of a layer by itself, and of a command that is tried four times and given up. */
const EVENTS = { layer: 14, command: 26 } as const;

/** Requests handed out at once: a payload takes 256 KiB. */
const PART = { requests: 400, bytes: 150_000 } as const;

/** What the machine does next: a layer or a part of one, or it goes on in another, or closes. */
async function next(ports: ExecutionPorts, scope: Next, limits: UnwindLimits): Promise<Json> {
  if (scope.scope === '' && !(await hasCharge(ports.table, scope))) return { next: 'finish' };
  // The execution may end before this does: what is left then is told by it.
  if (scope.scope !== '' && scope.spent === 0)
    await ports.table.put({ ...executionKeys.unwound(scope.execution, scope.scope) });
  const layer = await nextLayer(ports, scope);
  if (layer.requests.length === 0) return { next: 'finish' };
  const { spent } = scope;
  const room = Math.floor((limits.events - spent - EVENTS.layer) / EVENTS.command);
  if (room <= 0 && spent > 0) return { next: 'go on' };
  const requests = partOf(layer.requests, Math.max(1, Math.min(room, PART.requests)));
  return { next: layer.next, requests, spent: spent + EVENTS.layer + requests.length * EVENTS.command };
}

function partOf(requests: readonly Json[], most: number): Json[] {
  let bytes = 0;
  const end = requests.findIndex((request, index) => {
    bytes += Buffer.byteLength(JSON.stringify(request));
    return index > 0 && (index >= most || bytes > PART.bytes);
  });
  return requests.slice(0, end === -1 ? undefined : end);
}

/** Ids of what is left behind that the machine itself tells; `GET /v1/executions/{id}` tells them all. */
const MOST_TOLD = 100;

async function finish(ports: ExecutionPorts, scope: Scope): Promise<Json> {
  const commands = await commandsUnder(ports, scope);
  const leftBehind = commands.filter(isLeftBehind).map(({ id }) => id);
  const https = await httpUnder(ports, scope);
  leftBehind.push(...https.filter(isHttpLeftBehind).map(({ id }) => id));
  for (const call of await callsUnder(ports, scope)) {
    if (await isCallLeft(ports, call)) leftBehind.push(call.execution.id);
  }
  if (scope.scope === '') {
    await settleRollback(ports, scope.execution, { run: scope.run, isComplete: leftBehind.length === 0 });
  }
  const undone = [...commands, ...https].filter(({ undoneAt }) => undoneAt !== undefined).length;
  return { undone, leftBehind: leftBehind.slice(0, MOST_TOLD) };
}

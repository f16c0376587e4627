import * as z from 'zod';
import { type Alternative, AlternativeSchema } from '#compiler/route-payload.ts';
import { CommandRequestSchema } from '#compiler/task-payload.ts';
import { type JsonObject, JsonObjectSchema } from '#core/json.ts';
import { EVERY } from '#routing/rings.ts';
import { executionKeys } from '#table/keys.ts';
import { routeWaitKeys } from '#table/route-wait-keys.ts';
import { ConditionFailed, type Item, queryAll, type Table, type Write } from '#table/table.ts';
import { isUnder } from './command-store.ts';

/** A command that waits for a device that fits. Times are ms since the Unix epoch. */
export const RouteWaitSchema = z.object({
  /** Id of its task. */
  id: z.string(),
  request: CommandRequestSchema,
  since: z.number(),
  dueAt: z.number(),
  /** When it will be looked at, whatever happens until then. */
  lookAt: z.number(),
  /** Why no device fitted when that was last looked at. */
  cause: z.string(),
  /** Whether the group has been told that is to be. */
  isTold: z.boolean(),
});

/** A command that waits for a device that fits. */
export type RouteWait = z.infer<typeof RouteWaitSchema>;

/** So long after its time a record is dropped by the store, should nobody have taken it away. */
const KEPT_SECONDS = 86_400;

/** Puts a wait where devices that come find it, and with its execution; before anybody looks whether there is a device. */
export async function putRouteWait(table: Table, wait: RouteWait): Promise<void> {
  const expiresAt = Math.ceil(wait.dueAt / 1_000) + KEPT_SECONDS;
  const askers = capabilitiesOf(wait).map((capability): Write => {
    const alternatives = wait.request.on?.alternatives.map(askedOf) ?? [];
    return { put: { ...routeWaitKeys.asker(capability, wait.id), alternatives, expiresAt } };
  });
  const item: Item = { ...routeWaitKeys.wait(wait.id), ...JsonObjectSchema.parse(wait), expiresAt };
  await table.transact([{ put: item }, ...askers]);
}

/** The wait of a task. */
export async function findRouteWait(table: Table, id: string): Promise<RouteWait | undefined> {
  const item = await table.get(routeWaitKeys.wait(id));
  return item === undefined ? undefined : RouteWaitSchema.parse(item);
}

/** The commands of an execution that wait for a device. */
export async function* routeWaitsOf(table: Table, execution: string): AsyncGenerator<RouteWait> {
  const query = { partition: executionKeys.partition(execution), prefix: routeWaitKeys.prefix };
  for await (const item of queryAll(table, query)) yield RouteWaitSchema.parse(item);
}

/** The writes that end a wait. The first holds as long as nobody else has ended it. */
export function routeWaitEnd(wait: RouteWait): readonly Write[] {
  return [
    { delete: routeWaitKeys.wait(wait.id), condition: { exists: true } },
    ...capabilitiesOf(wait).map((capability) => ({ delete: routeWaitKeys.asker(capability, wait.id) })),
  ];
}

/** Ends a wait for which nothing more is to be done; without effect where it has ended. */
export async function endRouteWait(table: Table, wait: RouteWait): Promise<void> {
  try {
    await table.transact(routeWaitEnd(wait));
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
  }
}

/** Takes back what commands of an execution, or of one of its iterations (`scope` is its path), wait for. */
export async function cancelRouteWaits(
  table: Table,
  { execution, scope }: { readonly execution: string; readonly scope: string },
): Promise<void> {
  for await (const wait of routeWaitsOf(table, execution))
    if (isUnder(wait.request, scope)) await endRouteWait(table, wait);
}

const AskerSchema = z.object({ sk: z.string(), alternatives: z.array(AlternativeSchema) });

/** Ids of the tasks that wait for a device with a capability, or, `*`, with any, and what each asks of it. */
export async function* askersFor(
  table: Table,
  capability: string,
): AsyncGenerator<{ readonly id: string; readonly alternatives: readonly Alternative[] }> {
  for await (const item of queryAll(table, { partition: routeWaitKeys.askers(capability), limit: 1_000 })) {
    const { sk: id, alternatives } = AskerSchema.parse(item);
    yield { id, alternatives };
  }
}

/** Of each alternative one of its capabilities: who has not that does not fit. */
function capabilitiesOf({ request }: RouteWait): readonly string[] {
  const asked = request.on?.alternatives ?? [];
  return [...new Set(asked.map(({ requires }) => Object.keys(requires)[0] ?? EVERY))];
}

/** What of an alternative is asked of a device's place in the rings. */
function askedOf({ requires, zone, tags, near, device }: Alternative): JsonObject {
  return {
    ...{ requires, tags },
    ...(zone === undefined || near !== undefined ? {} : { zone }),
    ...(device === undefined ? {} : { device }),
  };
}

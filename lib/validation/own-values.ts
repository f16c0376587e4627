/** JSON Schemas of values that are Stepwright's own. */
import { isJsonObject, type JsonObject } from '#core/json.ts';

const TEXT: JsonObject = { type: 'string' };
const MAP: JsonObject = { type: 'object' };
/** A device as `devices` selects it. */
export const DEVICE: JsonObject = {
  type: 'object',
  properties: { id: TEXT, type: {}, zone: {}, status: TEXT, tags: MAP, capabilities: MAP, reported: MAP },
};
/** A device of which no more is given than these fields, and its id. */
export function deviceWith(fields: readonly string[] | undefined): JsonObject {
  if (fields === undefined) return DEVICE;
  const properties = isJsonObject(DEVICE['properties']) ? Object.entries(DEVICE['properties']) : [];
  const given = properties.filter(([name]) => name === 'id' || fields.includes(name));
  return { type: 'object', properties: Object.fromEntries(given) };
}

/** `$execution`. */
export const EXECUTION: JsonObject = { type: 'object', properties: { id: TEXT, startedAt: TEXT } };
/** `$error`, inside `catch`. */
export const CAUGHT: JsonObject = { type: 'object', properties: { error: TEXT, cause: TEXT } };
/** What a command gives that is not waited for to its end. */
export const RECEIPT: JsonObject = { type: 'object', properties: { commandId: TEXT } };
/** What `http` gives (lib/integrations/call-http.ts). */
export const RESPONSE: JsonObject = {
  type: 'object',
  properties: { status: { type: 'number' }, headers: MAP, body: {} },
};
/** What `approve` gives (lib/signals/request-approval.ts). */
export const APPROVAL: JsonObject = {
  type: 'object',
  properties: { approved: { type: 'boolean' }, by: TEXT, at: TEXT, votes: { type: 'array' } },
};

/** What `notify` gives. */
export const NOTIFICATION: JsonObject = { type: 'object', properties: { notificationId: TEXT } };

/** `$result` in the `health` between waves (lib/executions/rollout/health.ts). */
export const ROLLOUT_SO_FAR: JsonObject = {
  type: 'object',
  properties: {
    ...{ done: { type: 'number' }, failed: { type: 'number' }, total: { type: 'number' } },
    devices: { type: 'array', items: DEVICE },
    commands: {
      type: 'array',
      items: {
        type: 'object',
        properties: { device: TEXT, command: TEXT, path: TEXT, status: TEXT, result: {}, error: {} },
      },
    },
  },
};

import { createHmac, randomBytes } from 'node:crypto';
import * as z from 'zod';
import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import type { DecisionFile } from '#definition/decision/decision.ts';
import { getDecision } from '#executions/decision-store.ts';
import { pseudonymKeys } from '#table/log-keys.ts';
import { ConditionFailed, type Table } from '#table/table.ts';
import type { DecisionRecord, RouteRecord } from './record.ts';

/** Makes records that can be handed out. */
export interface Depersonalised {
  decision(record: DecisionRecord): Promise<DecisionRecord>;
  route(record: RouteRecord): RouteRecord;
}

/**
 * Takes out of records what is personal: values of inputs and outputs, or of fields in them, whose schema says `personal: true`.
 * In the place of ids of executions, commands and devices come pseudonyms, keyed hashes (HMAC-SHA-256, 64 bits): the same id has
 * the same one in everything that this installation hands out, and nobody finds the id by it without the key, which stays in
 * the store.
 */
export async function depersonalised(table: Table): Promise<Depersonalised> {
  const secret = await secretOf(table);
  const pseudonym = (id: string): string =>
    createHmac('sha256', secret).update(id).digest('hex').slice(0, 16);
  const withoutMarks = unmarking(table);
  return {
    decision: async (record) => ({
      ...(await withoutMarks(record)),
      ...{ id: pseudonym(record.id), execution: pseudonym(record.execution) },
    }),
    route: (record) => ({
      ...record,
      ...{ id: pseudonym(record.id), execution: pseudonym(record.execution) },
      chosen: pseudonym(record.chosen),
      options: record.options.map((option) => ({ ...option, device: pseudonym(option.device) })),
    }),
  };
}

/** Takes out of a record the values that are marked as personal, and nothing else. */
export type Unmark = (record: DecisionRecord) => Promise<DecisionRecord>;

/** Makes an {@link Unmark} that reads the file of each version once. */
export function unmarking(table: Table): Unmark {
  const files = new Map<string, Promise<DecisionFile>>();
  const fileOf: FileOf = (decision, version) => {
    const key = `${decision}@${version}`;
    const known = files.get(key) ?? getDecision(table, decision, version).then(({ file }) => file);
    files.set(key, known);
    return known;
  };
  return async (record) => {
    const { chosen, shadow, ...rest } = record;
    const { inputs, outputs } = await fileOf(record.decision, record.version);
    const kept = chosen === undefined ? undefined : withoutOutputs(chosen, outputs);
    return {
      ...rest,
      features: withoutMarked(record.features, inputs),
      ...(kept === undefined ? {} : { chosen: kept }),
      ...(shadow === undefined ? {} : { shadow: await shadowWithout(shadow, record.decision, fileOf) }),
    };
  };
}

type FileOf = (decision: string, version: string) => Promise<DecisionFile>;

async function shadowWithout(
  { chosen, ...rest }: NonNullable<DecisionRecord['shadow']>,
  decision: string,
  fileOf: FileOf,
): Promise<NonNullable<DecisionRecord['shadow']>> {
  if (chosen === undefined) return rest;
  const kept = withoutOutputs(chosen, (await fileOf(decision, rest.version)).outputs);
  return kept === undefined ? rest : { ...rest, chosen: kept };
}

/** Values by output, a list of them, or one value of an aggregate, which is of the only output. */
function withoutOutputs(chosen: Json, outputs: DecisionFile['outputs']): Json | undefined {
  if (isJsonObject(chosen)) return withoutMarked(chosen, outputs);
  if (Array.isArray(chosen) && chosen.every(isJsonObject))
    return chosen.map((each) => withoutMarked(each, outputs));
  return Object.values(outputs).some(isMarked) ? undefined : chosen;
}

function withoutMarked(values: JsonObject, schemas: Readonly<Record<string, JsonObject>>): JsonObject {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => {
      const kept = withoutPersonal(value, schemas[name]);
      return kept === undefined ? [] : [[name, kept] as const];
    }),
  );
}

/** What of a value its schema does not mark as personal; undefined where all of it is. */
export function withoutPersonal(value: Json, schema: Json | undefined): Json | undefined {
  if (!isJsonObject(schema)) return value;
  if (isMarked(schema)) return undefined;
  const { properties, items } = schema;
  if (Array.isArray(value)) return value.flatMap((each: Json) => withoutPersonal(each, items) ?? []);
  if (!isJsonObject(value) || !isJsonObject(properties)) return value;
  const schemas = Object.entries(properties).flatMap(([name, inner]) =>
    isJsonObject(inner) ? [[name, inner] as const] : [],
  );
  return withoutMarked(value, Object.fromEntries(schemas));
}

/** Whether a schema says that its values are personal. */
export function isMarked(schema: JsonObject): boolean {
  return schema['personal'] === true;
}

const SecretSchema = z.object({ secret: z.string() });

async function secretOf(table: Table): Promise<string> {
  const known = await table.get(pseudonymKeys.secret);
  if (known !== undefined) return SecretSchema.parse(known).secret;
  try {
    const secret = randomBytes(32).toString('hex');
    await table.put({ ...pseudonymKeys.secret, secret }, { exists: false });
    return secret;
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
    return secretOf(table);
  }
}

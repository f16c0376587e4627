import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import { EvaluationError, evaluate } from '#expression/evaluate.ts';
import { parseExpression } from '#expression/parse.ts';
import type { Table } from '#table/table.ts';
import type { Command } from './command.ts';
import { findCommand } from './command-store.ts';
import type { Device } from './device.ts';
import { findDevice } from './registry.ts';
import { deviceContext } from './select.ts';

/** What is found out of a command whose answer did not come. */
export type Verdict =
  | { readonly kind: 'known'; readonly tookEffect: boolean }
  | {
      readonly kind: 'unknown';
      readonly reason: string;
      /** Whether the device may still tell, until then (ms since the epoch); undefined: there is nothing to wait for. */
      readonly until?: number;
    };

/** What a device says when it is asked: its answer, and what it reports with it. */
interface Testimony {
  readonly result: Json;
  readonly reported: JsonObject;
}

/** What the answer to a command that asks tells of the one that it asks about; undefined when it asks about none. */
export async function verdictByAnswer(
  table: Table,
  { verifies }: Pick<Command, 'verifies'>,
  { result, reported }: Testimony,
): Promise<Verdict | undefined> {
  const asked = verifies === undefined ? undefined : await findCommand(table, verifies);
  if (asked === undefined) return undefined;
  const device = await findDevice(table, asked.device);
  const now = device && { ...device, reported: { ...device.reported, ...reported } };
  return judge(asked, { result, target: now === undefined ? null : deviceContext(now) });
}

/**
 * What the reported state of a device tells of a command. That the state is there is proof; that it is not, is one only when
 * the device has reported since the command was given up: what it had reported before says nothing.
 */
export async function verdictByReportedState(command: Command, device: Device | undefined): Promise<Verdict> {
  if (device === undefined) return unknown(`no device "${command.device}" is registered any more`);
  const verdict = await judge(command, { target: deviceContext(device) });
  if (verdict.kind === 'unknown' || verdict.tookEffect) return verdict;
  const { endedAt = 0, verify } = command;
  if ((device.reportedAt ?? 0) > endedAt) return verdict;
  const until = endedAt + (verify?.timeoutSeconds ?? 0) * 1_000;
  return { ...unknown(`device "${device.id}" has not reported its state since`), until };
}

async function judge(command: Command, seen: JsonObject): Promise<Verdict> {
  const { verify, bindings } = command;
  if (verify === undefined) return unknown('nothing says how to ask');
  return verdictBy(verify.expect, { bindings: { ...bindings, with: command.with }, seen });
}

/** By what it is judged whether something took effect. */
interface Evidence {
  readonly bindings: JsonObject;
  /** What was seen of it since its answer did not come. */
  readonly seen: JsonObject;
  /** Whether fields may be missing because there is no such thing. Default: then what was seen proves nothing. */
  readonly mayLack?: boolean;
}

/** What an expression says of something whose answer did not come. */
export async function verdictBy(
  expect: string,
  { bindings, seen, mayLack = false }: Evidence,
): Promise<Verdict> {
  const text = `{% ${expect} %}`;
  try {
    const value = await evaluate(expect, { bindings: { ...bindings, ...seen } });
    if (value === true) return { kind: 'known', tookEffect: true };
    const missing = value === false && !mayLack ? missingField(expect, seen) : undefined;
    if (missing !== undefined) return unknown(`${text} reads ${missing}, which is not there`);
    if (value === false) return { kind: 'known', tookEffect: false };
    return unknown(`${text} gives ${value === undefined ? 'nothing' : JSON.stringify(value)}`);
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    return unknown(`${text} failed: ${error.message}`);
  }
}

/**
 * A field of what was seen that an expression compares, and that is not there: then that it gives false proves nothing. With
 * `$exists` it asks whether fields are there.
 */
function missingField(expression: string, seen: JsonObject): string | undefined {
  const { variables } = parseExpression(expression);
  if (variables.some(({ name, called }) => called && name === 'exists')) return undefined;
  const missing = variables.find(({ name, fields }) => name in seen && !isThere(seen[name], fields));
  return missing && `$${[missing.name, ...missing.fields].join('.')}`;
}

function isThere(value: Json | undefined, [field, ...rest]: readonly string[]): boolean {
  if (field === undefined) return value !== undefined;
  if (Array.isArray(value)) return value.some((entry) => isThere(entry, [field, ...rest]));
  return isJsonObject(value) && Object.hasOwn(value, field) && isThere(value[field], rest);
}

function unknown(reason: string): Extract<Verdict, { kind: 'unknown' }> {
  return { kind: 'unknown', reason };
}

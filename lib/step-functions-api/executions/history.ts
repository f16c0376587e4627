import * as z from 'zod';
import type { ExecutionRef } from '#engine/engine.ts';
import type { HistoryEvent } from '#engine/history.ts';
import { executionArn, readExecutionArn } from '../arn.ts';
import { noExecution } from '../faults.ts';
import { ArnField, optional, PageSizeField, PageTokenField } from '../fields.ts';
import { operation } from '../operation.ts';
import { numberPosition, pageOf, pageSize, pageToken } from '../page.ts';
import type { ServedEngine } from '../parts.ts';
import { wireEvent } from './wire-event.ts';

/** Events that the engine gives at once. */
const ENGINE_PAGE = 1_000;

/** `GetExecutionHistory`: from the first event on, or from the last one back. */
export const getExecutionHistory = operation(
  z.object({
    executionArn: ArnField,
    maxResults: optional(PageSizeField),
    reverseOrder: optional(z.boolean()),
    nextToken: optional(PageTokenField),
    includeExecutionData: optional(z.boolean()),
  }),
  async (input, { engine, executions, catalogue }) => {
    const ref = readExecutionArn(input.executionArn);
    if (executions.find(ref) === undefined) throw noExecution(input.executionArn);
    const { reverseOrder = false, includeExecutionData = true } = input;
    const scope = { history: executionArn(ref), reverseOrder };
    const position = numberPosition(input, scope);
    const limit = pageSize(input) + 1;
    const found = reverseOrder
      ? await backwards(engine, ref, { before: position ?? (await lastEvent(engine, ref)) + 1, limit })
      : await forwards(engine, ref, { after: position ?? 0, limit });
    const { entries, next } = pageOf(found, input, ({ id }) => pageToken(id, scope));
    const started = { ref, pin: catalogue.pins.find(ref), catalogue };
    return { events: entries.map((event) => wireEvent(event, started, includeExecutionData)), ...next };
  },
);

interface Forwards {
  readonly after: number;
  readonly limit: number;
}

async function forwards(
  engine: ServedEngine,
  ref: ExecutionRef,
  { after, limit }: Forwards,
): Promise<HistoryEvent[]> {
  const found = [...(await engine.history(ref, after))];
  const last = found.at(-1);
  // A page of 1,000 events needs one more, to know whether another one follows.
  if (found.length === ENGINE_PAGE && limit > ENGINE_PAGE && last !== undefined) {
    found.push(...(await engine.history(ref, last.id)));
  }
  return found.slice(0, limit);
}

interface Backwards {
  readonly before: number;
  readonly limit: number;
}

async function backwards(
  engine: ServedEngine,
  ref: ExecutionRef,
  { before, limit }: Backwards,
): Promise<HistoryEvent[]> {
  const after = Math.max(0, before - 1 - limit);
  const found = await forwards(engine, ref, { after, limit: before - 1 - after });
  return found.reverse();
}

/** The id of the last event: events are counted from 1 without gaps, so that it can be closed in on. */
async function lastEvent(engine: ServedEngine, ref: ExecutionRef): Promise<number> {
  let [at, known, beyond] = [0, 0, Number.POSITIVE_INFINITY];
  while (known < beyond) {
    const events = await engine.history(ref, at);
    const last = events.at(-1)?.id;
    if (last !== undefined && events.length < ENGINE_PAGE) return last;
    if (last === undefined) beyond = at;
    else known = last;
    at = beyond === Number.POSITIVE_INFINITY ? known * 2 : Math.floor((known + beyond) / 2);
  }
  return known;
}

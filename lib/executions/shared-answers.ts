import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Clock } from '#core/clock.ts';
import { MAX_SHAPES } from '#decisions/answer-cache.ts';
import { type AnswerCounts, NO_COUNTS, type SharedAnswers } from '#decisions/shared-answers.ts';
import type { Answer } from '#decisions/trace.ts';
import { answerKeys } from '#table/answer-keys.ts';
import type { Table } from '#table/table.ts';

/** What nobody has used for so long is forgotten: places that answers have read, and what was counted. */
const FORGOTTEN_MS = 30 * 86_400_000;

/** An answer is stored as text: its numbers and empty fields are as they were. */
const AnswerItemSchema = z.object({
  answer: z.string(),
  tookMs: z.number(),
  madeAt: z.number(),
  until: z.number(),
});
const ShapeItemSchema = z.object({ paths: z.array(z.array(z.string())) });
const CountsItemSchema = z.object({
  ...{ hits: z.number().default(0), sharedHits: z.number().default(0), misses: z.number().default(0) },
  ...{ savedMs: z.number().default(0), readMs: z.number().default(0), ageMs: z.number().default(0) },
  oldestMs: z.number().default(0),
});

/** Answers that processes share by the table of their decisions. */
export function sharedAnswers(table: Table, clock: Clock): SharedAnswers {
  const expiresAt = (until: number): number => Math.ceil(until / 1_000);
  return {
    async shapesOf(decision) {
      const query = { partition: answerKeys.partition(decision), prefix: answerKeys.shapePrefix };
      const { items } = await table.query({ ...query, limit: MAX_SHAPES });
      return items.map((item) => ShapeItemSchema.parse(item).paths);
    },
    async find(decision, read) {
      const item = await table.get(answerKeys.answer(decision, hashOf(read)));
      if (item === undefined) return undefined;
      const { answer, ...rest } = AnswerItemSchema.parse(item);
      return { ...rest, answer: parseAnswer(answer) };
    },
    async keep(decision, read, { paths, answer, tookMs, madeAt, until }) {
      const text = JSON.stringify(paths);
      await table.putAll([
        {
          ...answerKeys.answer(decision, hashOf(read)),
          ...{ answer: JSON.stringify(answer), tookMs, madeAt, until, expiresAt: expiresAt(until) },
        },
        {
          ...answerKeys.shape(decision, hashOf(text)),
          ...{ paths: paths.map((path) => [...path]), expiresAt: expiresAt(clock.now() + FORGOTTEN_MS) },
        },
      ]);
    },
    async count(decision, { oldestMs, ...counts }) {
      const key = answerKeys.counts(decision);
      // Of two that tell at once, one may be forgotten: it is a figure for people.
      const oldest =
        oldestMs === 0 ? {} : { oldestMs: Math.max(oldestMs, (await countsIn(table, decision)).oldestMs) };
      await table.update({
        key,
        add: { ...counts },
        set: { ...oldest, expiresAt: expiresAt(clock.now() + FORGOTTEN_MS) },
      });
    },
  };
}

/** What sharing answers has done for a decision, in all processes. */
export async function countsIn(table: Table, decision: string): Promise<AnswerCounts> {
  const item = await table.get(answerKeys.counts(decision));
  return item === undefined ? NO_COUNTS : CountsItemSchema.parse(item);
}

/** What this release has written itself. */
function parseAnswer(text: string): Answer {
  return JSON.parse(text);
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

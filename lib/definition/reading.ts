import type { z } from 'zod';
import type { Json } from '#core/json.ts';
import { readExpression } from '#expression/delimiters.ts';
import type { CommandDefinition } from './command.ts';
import { type DocumentPath, formatPath } from './document-path.ts';
import type { failureFields, stepFields, UnreadList, workFields } from './fields.ts';
import type { CatchClause, Fallible, Step, StepBase, Work } from './model.ts';
import { durationMs, readRetry } from './read-retry.ts';
import type { Cache, Need, Outcome, PoolUnits, Retry } from './step-parts.ts';

/** What steps get that do not say otherwise. */
export interface StepDefaults {
  /** For commands. */
  readonly timeoutMs: number | undefined;
  /** A command as the catalogue has it. */
  catalogued(command: string): CommandDefinition | undefined;
  /** For commands. */
  readonly retry: Retry | undefined;
}

/** Where a step is read, and what its reading takes. */
export interface Reading {
  readonly path: DocumentPath;
  readonly defaults: StepDefaults;
  /** Reads a list of steps inside this one; `path` goes on from the step. */
  readList(list: readonly Json[], path: DocumentPath): readonly Step[];
}

type WrittenStep = z.infer<z.ZodObject<typeof stepFields>>;
type WrittenFailure = z.infer<z.ZodObject<ReturnType<typeof failureFields<UnreadList>>>>;
type WrittenWork = z.infer<z.ZodObject<typeof workFields>>;

/** What every step has. */
export function readBase(step: WrittenStep, { path }: Reading): StepBase {
  const needs = step.needs?.map(readNeed);
  return { id: step.id, title: step.name, at: formatPath(path), if: expressionText(step.if), needs };
}

/** How a step is tried again, and what is done when it has failed for good. */
export function readFallible(step: WrittenFailure, reading: Reading): Fallible {
  return {
    retry: step.retry === undefined ? undefined : readRetry(step.retry),
    catch: step.catch === undefined ? undefined : readCatch(step.catch, reading),
  };
}

/** What a step that does work holds and gives. */
export function readWork(step: WrittenWork): Work {
  return { uses: step.uses && readPoolUnits(step.uses), output: step.output };
}

/** Units of pools. */
export function readPoolUnits(pools: NonNullable<WrittenWork['uses']>): PoolUnits {
  return Object.fromEntries(
    Object.entries(pools).map(([pool, units]) => [
      pool,
      typeof units === 'number' ? units : (readExpression(units)?.text ?? units),
    ]),
  );
}

/** How runs of a step share a result. */
export function readCache(
  cache: { readonly key: string; readonly ttl: string } | undefined,
): Cache | undefined {
  return cache === undefined ? undefined : { key: cache.key, ttlMs: durationMs(cache.ttl) };
}

/** The text of an optional expression, without its delimiters. */
export function expressionText(text: string): string;
export function expressionText(text: string | undefined): string | undefined;
export function expressionText(text: string | undefined): string | undefined {
  return text === undefined ? undefined : (readExpression(text)?.text ?? text);
}

function readCatch(
  clauses: NonNullable<WrittenFailure['catch']>,
  { path, readList }: Reading,
): readonly CatchClause[] {
  if (clauses === 'continue') return [{ on: undefined, steps: [] }];
  return clauses.map(({ on, steps }, index) => ({
    on,
    steps: steps === undefined ? [] : readList(steps, [...path, 'catch', index, 'steps']),
  }));
}

const OUTCOMES: readonly Outcome[] = ['failed', 'skipped', 'done'];

/** `a` is a need of success; `a.failed`, `a.skipped` and `a.done` of another outcome. */
function readNeed(text: string): Need {
  const dot = text.lastIndexOf('.');
  const outcome = OUTCOMES.find((known) => dot > 0 && known === text.slice(dot + 1));
  return outcome === undefined ? { step: text, outcome: 'succeeded' } : { step: text.slice(0, dot), outcome };
}

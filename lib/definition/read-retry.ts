import type { z } from 'zod';
import { parseDuration } from '#core/duration.ts';
import type { RetrySchema } from './fields.ts';
import type { Retry } from './step-parts.ts';

/** Milliseconds of an optional duration whose shape has been checked. */
export function durationMs(text: string): number;
export function durationMs(text: string | undefined): number | undefined;
export function durationMs(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = parseDuration(text);
  if (ms === undefined) throw new Error(`"${text}" is no duration`);
  return ms;
}

/** A retry with its defaults: three tries, after 1 s, then twice as long each time. */
export function readRetry(retry: z.infer<typeof RetrySchema>): Retry {
  return {
    attempts: retry.attempts ?? 3,
    delayMs: durationMs(retry.delay) ?? 1_000,
    backoff: retry.backoff ?? 2,
    maxDelayMs: durationMs(retry.maxDelay),
    jitter: retry.jitter ?? 'none',
    on: retry.on,
  };
}

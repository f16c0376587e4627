import type { z } from 'zod';
import { parseDuration } from '#core/duration.ts';
import type { Retry } from './model.ts';
import type { RetrySchema } from './workflow.ts';

/** Milliseconds of an optional duration whose shape has been checked. */
export function durationMs(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseDuration(text);
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

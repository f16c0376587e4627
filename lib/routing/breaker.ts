import * as z from 'zod';

/** A breaker that is not closed. Times are ms since the Unix epoch. */
export const BreakerSchema = z.object({
  /** Failures in a row, or far fewer successes than devices like it. */
  reason: z.enum(['failures', 'outlier']),
  /** How often it has opened without a probe that succeeded; each time it stays open longer. */
  opened: z.number().int(),
  /** No command is given to the device before this. */
  until: z.number(),
  /** The one command that tries whether the device can do it again; when it gives no news until then, another may. */
  probe: z.object({ command: z.string(), until: z.number() }).exactOptional(),
});

/** A breaker that is not closed. */
export type Breaker = z.infer<typeof BreakerSchema>;

/** `open`: no command; `half-open`: one command may try; `probing`: that one is under way. */
export const BREAKER_STATES = ['closed', 'open', 'half-open', 'probing'] as const;

/** Where a breaker may stand. */
export type BreakerState = (typeof BREAKER_STATES)[number];

const FIRST_OPEN_MS = 30_000;
const LONGEST_OPEN_MS = 15 * 60_000;

/** Where a breaker stands at a time. */
export function stateOf(breaker: Breaker | undefined, now: number): BreakerState {
  if (breaker === undefined) return 'closed';
  if (now < breaker.until) return 'open';
  return breaker.probe !== undefined && now < breaker.probe.until ? 'probing' : 'half-open';
}

/** A breaker that opens, for the first time or again. */
export function reopened(before: Breaker | undefined, reason: Breaker['reason'], now: number): Breaker {
  const opened = (before?.opened ?? 0) + 1;
  return { reason, opened, until: now + Math.min(LONGEST_OPEN_MS, FIRST_OPEN_MS * 2 ** (opened - 1)) };
}

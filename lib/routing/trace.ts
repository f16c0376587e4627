import * as z from 'zod';
import { STRATEGIES } from '#compiler/route-payload.ts';

/** Why a device is not chosen, in the order in which it is looked at: the later, the nearer it came. */
export const REASONS = [
  ...(['excluded', 'capability', 'version', 'zone', 'tags', 'tried', 'offline'] as const),
  ...(['where', 'weight', 'raced', 'breaker', 'quarantine'] as const),
] as const;

/** Why a device is not chosen. */
export type Reason = (typeof REASONS)[number];

/** One of the devices that did best, with what spoke for it. */
const ScoredSchema = z.object({
  device: z.string(),
  /** Sum of the weights of the preferences that it meets. */
  score: z.number().exactOptional(),
  /** Commands that it had open. */
  load: z.number().exactOptional(),
  latencyMs: z.number().exactOptional(),
  weight: z.number().exactOptional(),
  /** The share of successes that was drawn for it. */
  drawn: z.number().exactOptional(),
});

/** One of the devices that did best. */
export type Scored = z.infer<typeof ScoredSchema>;

/** How the device of a command was chosen; kept in the command's record. */
export const RouteTraceSchema = z.object({
  chosen: z.string(),
  strategy: z.enum(STRATEGIES),
  /** The name under which the outcome is kept. */
  ability: z.string(),
  /** Which of the alternatives it fits; 0 is what `on` says itself. */
  alternative: z.number().int(),
  /** The zone in which it was found; '' for all. */
  zone: z.string(),
  /** Devices that were looked at: all of the ring, or a part of it where that is large. */
  looked: z.number().int(),
  isWhole: z.boolean(),
  fits: z.number().int(),
  /** How many were left out, by the reason. */
  left: z.partialRecord(z.enum(REASONS), z.number().int()),
  /** Those that did best, the chosen one first. */
  best: z.array(ScoredSchema),
  /** Whether the command tries if the device can do it again. */
  isProbe: z.boolean().exactOptional(),
  /** Devices of the tries before. */
  tried: z.array(z.string()).exactOptional(),
});

/** How the device of a command was chosen. */
export type RouteTrace = z.infer<typeof RouteTraceSchema>;

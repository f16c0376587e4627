/** What compiled machines say to the handler that knows rollouts: the waves of a `forEach` and whose its devices are. */
import * as z from 'zod';
import { WEEKDAYS } from '#core/hours.ts';
import { type JsonObject, JsonObjectSchema, JsonSchema } from '#core/json.ts';
import { RATE_PATTERN } from '#core/rate.ts';
import { StepTaskSchema, ToleranceSchema } from './task-payload.ts';

/** Name of the event that tells those who wait for devices that some are free again. */
export const CLAIMS_FREED = 'stepwright/claims-freed';

/** What a wave takes; conditions and fields of items have been evaluated by the machine. */
const PlannedWaveSchema = z.intersection(
  z.union([
    z.object({ count: z.number() }),
    z.object({ percent: z.number() }),
    /** Of each item, whether it is meant. */
    z.object({ matches: z.array(z.boolean()) }),
    /** Of each item, the fields that canaries are to cover. */
    z.object({ kinds: z.array(z.record(z.string(), JsonSchema)), max: z.number().exactOptional() }),
    z.object({ rest: z.literal(true) }),
  ]),
  z.object({ tolerate: ToleranceSchema.exactOptional() }),
);

/** What a wave takes. */
export type PlannedWave = z.infer<typeof PlannedWaveSchema>;

/**
 * Payload of `${RolloutFunctionArn}` before the first wave: says which items each wave takes, and claims their devices.
 * Answers with {@link RolloutPlan}, or fails with Device.Claimed.
 */
export const PlanRolloutRequestSchema = StepTaskSchema.extend({
  action: z.literal('plan'),
  /** Id of the device that each item is, or has; empty where it has none. */
  devices: z.array(z.string()),
  waves: z.array(PlannedWaveSchema),
  claim: z.enum(['refuse', 'wait', 'skip']).exactOptional(),
});

/** Payload of `${RolloutFunctionArn}` before the first wave. */
export type PlanRolloutRequest = z.infer<typeof PlanRolloutRequestSchema>;

/** What tasks of a rollout do that wait. */
export const PAUSES = ['soak', 'health', 'join', 'gate', 'begin'] as const;

/** What of a rollout waits: its next wave for a time, for its health or for an operator, or an iteration for its window and its turn. */
const PausingTaskSchema = StepTaskSchema.extend({
  /** Path of the forEach, such as `rollout`. */
  rollout: z.string(),
});

/** Payload of `${RolloutFunctionArn}` between waves: answers after a time, or when an operator says that it goes on. */
export const SoakRequestSchema = PausingTaskSchema.extend({
  action: z.literal('soak'),
  seconds: z.number().nonnegative(),
});

/** Payload of `${RolloutFunctionArn}` between waves: answers once a condition holds, or fails with Rollout.Unhealthy. */
export const HealthRequestSchema = PausingTaskSchema.extend({
  action: z.literal('health'),
  /** Condition over `$result`, without delimiters. */
  until: z.string(),
  /** Values of the other names that it reads. */
  bindings: JsonObjectSchema.default({}),
  /** Ids of the devices of all waves so far. */
  devices: z.array(z.string()),
  /** How many items there are in all. */
  total: z.number().int(),
  everySeconds: z.number().positive(),
  withinSeconds: z.number().nonnegative(),
  /** Whether what was done stays when it does not hold in time. */
  halts: z.boolean().default(false),
});

/** Payload of `${RolloutFunctionArn}` where a wave begins: answers unless an operator holds the execution. */
export const GateRequestSchema = PausingTaskSchema.extend({ action: z.literal('gate') });

/** Payload of `${RolloutFunctionArn}` before an iteration: answers when it may begin. */
export const BeginRequestSchema = PausingTaskSchema.extend({
  action: z.literal('begin'),
  window: z
    .object({
      days: z.array(z.enum(WEEKDAYS)),
      /** Times of day, such as `22:30`. */
      from: z.string(),
      to: z.string(),
      timezone: z.string(),
    })
    .exactOptional(),
  /** How many iterations begin in a time, such as `5/m`. */
  rate: z.string().regex(RATE_PATTERN, 'is no rate; write it like 5/m').exactOptional(),
});

/**
 * Payload of `${RolloutFunctionArn}` after the last wave: answers with {@link Joined} as soon as there are devices that have joined since, or
 * with none once the watch is closed.
 */
export const JoinRequestSchema = PausingTaskSchema.extend({
  action: z.literal('join'),
  /** Expression over one device's fields, without delimiters. */
  where: z.string().exactOptional(),
  bindings: JsonObjectSchema.default({}),
  requires: z.record(z.string(), z.string()).default({}),
  zone: z.string().exactOptional(),
  /** Ids of the devices that have taken part from the start. */
  known: z.array(z.string()),
  claim: z.enum(['refuse', 'wait', 'skip']).exactOptional(),
  forSeconds: z.number().positive(),
});

/** What is waited for after the last wave. */
export type JoinRequest = z.infer<typeof JoinRequestSchema>;

/** Devices that have joined, each with its number among the items. */
export type Joined = { readonly items: readonly { readonly at: number; readonly item: JsonObject }[] };

/** Payload of `${RolloutFunctionArn}`. */
export const RolloutRequestSchema = z.discriminatedUnion('action', [
  PlanRolloutRequestSchema,
  SoakRequestSchema,
  HealthRequestSchema,
  GateRequestSchema,
  BeginRequestSchema,
  JoinRequestSchema,
]);

/** What a rollout waits for. */
export const PauseRequestSchema = z.discriminatedUnion('action', [
  SoakRequestSchema,
  HealthRequestSchema,
  GateRequestSchema,
  BeginRequestSchema,
  JoinRequestSchema,
]);

/** What a rollout waits for. */
export type PauseRequest = z.infer<typeof PauseRequestSchema>;
/** What is waited for before the next wave: that a condition holds. */
export type HealthRequest = z.infer<typeof HealthRequestSchema>;
/** What is waited for before an iteration. */
export type BeginRequest = z.infer<typeof BeginRequestSchema>;

/** From which to before which item a wave goes, in the order of the rollout. */
export type WaveSpan = {
  readonly from: number;
  readonly to: number;
  readonly tolerate?: z.infer<typeof ToleranceSchema>;
};

/** Why an item is a canary. */
export type ChosenCanary = {
  readonly device: string;
  /** Values of fields that no canary before it has, such as `zone=berlin`. */
  readonly covers: readonly string[];
  /** How many items are of its kind, itself included. */
  readonly standsFor: number;
};

/** What came of the canaries of a wave. */
export type CanaryChoice = {
  readonly chosen: readonly ChosenCanary[];
  /** How many kinds the items are of, and how many of them have a canary. */
  readonly kinds: number;
  readonly covered: number;
};

/** The order in which a rollout takes its items. */
export type RolloutPlan = {
  /** Position of each item; -1 for one that is left out. */
  readonly rank: readonly number[];
  /** Without those for which no items are left. */
  readonly waves: readonly WaveSpan[];
  /** One for each wave of canaries. */
  readonly canaries: readonly CanaryChoice[];
  /** Devices that are left out, with the execution that has claimed them. */
  readonly skipped: readonly { readonly device: string; readonly by: string }[];
};

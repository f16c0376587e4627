/** What compiled machines say to the handlers that wait for something from outside. All times in seconds. */
import * as z from 'zod';
import { JsonObjectSchema, JsonSchema } from '#core/json.ts';
import { StepTaskSchema } from './task-payload.ts';

/** Payload of `${AwaitEventFunctionArn}`; answers with the event's data, or fails with Event.Timeout. */
export const AwaitEventRequestSchema = StepTaskSchema.extend({
  action: z.literal('await'),
  event: z.string().min(1).max(256),
  /** Expression over `$event`, without delimiters. */
  where: z.string().optional(),
  /** Values of the other names that `where` reads. */
  bindings: JsonObjectSchema.default({}),
  timeoutSeconds: z.number().positive().optional(),
});

/** Name of an event that is told from outside; what an execution tells itself has names that nobody else can tell. */
export const EventNameSchema = z
  .string()
  .min(1)
  .max(256)
  .regex(/^(?!stepwright\/)/, 'begins with stepwright/, which is kept for its own events')
  .describe('Name of the event, such as door.opened.');

/** Name of the event by which a block of steps tells those who watch its time that it is through. */
export const BLOCK_THROUGH = 'stepwright/through';

/** Payload of `${AwaitEventFunctionArn}` by which an execution tells itself of something; answers at once. */
export const TellRequestSchema = StepTaskSchema.extend({
  action: z.literal('tell'),
  event: z.string().min(1).max(256),
  data: JsonSchema,
});

/** Payload of `${AwaitEventFunctionArn}`. */
export type AwaitEventRequest = z.infer<typeof AwaitEventRequestSchema>;

/**
 * Payload of `${RequestApprovalFunctionArn}`; answers with who approved, or fails with Approval.Rejected,
 * Approval.Timeout or Approval.Impossible.
 */
export const RequestApprovalRequestSchema = StepTaskSchema.extend({
  group: z.string().min(1).max(256),
  message: z.string().max(4_096).optional(),
  quorum: z.number().int().min(1),
  /** How many have to reject until it is rejected. */
  rejections: z.number().int().min(1).default(1),
  /** Whether who started the execution may not approve. */
  not: z.literal('starter').optional(),
  /** Whom else to ask, when, where it is not decided by then. */
  escalate: z.object({ afterSeconds: z.number().positive(), group: z.string().min(1).max(256) }).optional(),
  remindSeconds: z.number().positive().optional(),
  timeoutSeconds: z.number().positive().optional(),
});

/** Payload of `${RequestApprovalFunctionArn}`. */
export type RequestApprovalRequest = z.infer<typeof RequestApprovalRequestSchema>;

/** A group of executions of which only so many run at once, and what becomes of one more. */
const ConcurrencyGroupSchema = z.object({
  name: z.string().min(1).max(512),
  max: z.number().int().positive(),
  overflow: z.enum(['queue', 'reject', 'replace']),
});

/**
 * Payload of `${LockFunctionArn}`. To acquire, it answers once the units are held, or fails with Lock.Timeout; to release,
 * at once. Without units, what this step of the execution holds is given back.
 */
export const LockRequestSchema = StepTaskSchema.extend({
  action: z.enum(['acquire', 'release']),
  /** Units by pool. */
  pools: z.record(z.string(), z.number().int().positive()).default({}),
  /** Instead of pools: the concurrency group that the whole execution runs in. */
  group: ConcurrencyGroupSchema.optional(),
  timeoutSeconds: z.number().positive().optional(),
  /** Who has more goes first. */
  priority: z.number().int().min(0).max(999).optional(),
  /** Those of one priority take turns by their keys. */
  key: z.union([z.string().max(256), z.number().transform(String)]).optional(),
});

/** Payload of `${LockFunctionArn}`. */
export type LockRequest = z.infer<typeof LockRequestSchema>;

/** What compiled machines say to the handlers that call something else. All times in seconds. */
import * as z from 'zod';
import { JsonObjectSchema, JsonSchema } from '#core/json.ts';
import { CacheSchema, StepTaskSchema } from './task-payload.ts';

/** How what a called workflow did is undone: by another, in place of the undo of its own steps. */
export const WorkflowCompensationSchema = z.object({
  workflow: z.string(),
  /** Pinned, like that of the step. */
  version: z.string(),
  /** Its `input`, with null in the places that read `$result`. */
  with: z.object({ input: JsonSchema }),
  /** JSON Pointer of each such place, in `with`, to the text of its expression. */
  deferred: z.record(z.string(), z.string()).default({}),
});

/**
 * Payload of `${StartWorkflowFunctionArn}`; answers with the output of the execution that it starts, or, when that is not
 * awaited, with its id; fails with what the execution fails with.
 */
export const StartWorkflowRequestSchema = StepTaskSchema.extend({
  workflow: z.string(),
  /** The version that was the highest in range when the calling workflow was published. */
  version: z.string(),
  input: JsonSchema.default({}),
  await: z.boolean(),
  timeoutSeconds: z.number().positive().optional(),
  cache: CacheSchema.optional(),
  /** Values of the names, besides `$result`, that the undo reads. */
  bindings: JsonObjectSchema.default({}),
  compensate: WorkflowCompensationSchema.exactOptional(),
});

/** Payload of `${StartWorkflowFunctionArn}`. */
export type StartWorkflowRequest = z.infer<typeof StartWorkflowRequestSchema>;

/** A call over HTTP. Secrets are names. */
export const HttpCallSchema = z.object({
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD']),
  url: z.string(),
  headers: z.record(z.string(), z.union([z.string(), z.object({ secret: z.string() })])).default({}),
  body: JsonSchema.optional(),
});

/** A call over HTTP. */
export type HttpCall = z.infer<typeof HttpCallSchema>;

/** How it is found out whether a call took effect that was not answered: by another. */
export const HttpVerificationSchema = z.object({
  call: HttpCallSchema,
  /** Expression over `$result`, its answer: true when the other took effect. */
  expect: z.string(),
  timeoutSeconds: z.number().positive(),
});

/** How a completed call is undone: by another, of which some places are known when the answer is. */
export const HttpCompensationSchema = z.object({
  /** Like {@link HttpCallSchema}, with null in the places that read `$result`. */
  call: JsonObjectSchema,
  /** JSON Pointer of each such place to the text of its expression. */
  deferred: z.record(z.string(), z.string()).default({}),
  timeoutSeconds: z.number().positive(),
  verify: HttpVerificationSchema.exactOptional(),
});

/** Payload of `${CallHttpFunctionArn}`; answers with `{status, headers, body}`. */
export const CallHttpRequestSchema = StepTaskSchema.extend({
  ...HttpCallSchema.shape,
  /** Expression over `$result`; when it is not true, the step fails with Step.Unexpected. */
  expect: z.string().optional(),
  /** Values of the other names that `expect` and `compensate` read. */
  bindings: JsonObjectSchema.default({}),
  timeoutSeconds: z.number().positive(),
  cache: CacheSchema.optional(),
  compensate: HttpCompensationSchema.exactOptional(),
});

/** Payload of `${CallHttpFunctionArn}`. */
export type CallHttpRequest = z.infer<typeof CallHttpRequestSchema>;

/** Payload of `${CallHttpFunctionArn}` by which the unwind has a call undone; execution, path and attempt are those of the undo. */
export const UndoHttpRequestSchema = StepTaskSchema.extend({
  /** Id of the call. */
  undoes: z.string(),
  /** Set where it is to be asked first whether the call took effect: no more is done then. */
  asks: z.literal(true).exactOptional(),
});

/** Payload of `${CallHttpFunctionArn}` by which the unwind has a call undone. */
export type UndoHttpRequest = z.infer<typeof UndoHttpRequestSchema>;

/** Payload of `${NotifyFunctionArn}`; answers with `{notificationId}`. */
export const NotifyRequestSchema = StepTaskSchema.extend({
  topic: z.string(),
  subject: z.string().max(100).optional(),
  message: JsonSchema,
});

/** Payload of `${NotifyFunctionArn}`. */
export type NotifyRequest = z.infer<typeof NotifyRequestSchema>;

/** Payload of `${DecideFunctionArn}`; answers with what is decided: values by output, a list of them, or one value. */
export const DecideRequestSchema = StepTaskSchema.extend({
  decision: z.string(),
  /** The version that was the highest in range when the workflow was published. */
  version: z.string(),
  input: JsonObjectSchema.default({}),
  timeoutSeconds: z.number().positive(),
});

/** Payload of `${DecideFunctionArn}`. */
export type DecideRequest = z.infer<typeof DecideRequestSchema>;

/**
 * What compiled machines say to the handlers they call. The compiler emits these payloads, the handlers parse them:
 * one schema for both sides. All times in seconds, as in States Language.
 */
import * as z from 'zod';
import { type Json, type JsonObject, JsonObjectSchema } from '#core/json.ts';
import { DEVICE_FIELDS } from '#definition/step-parts.ts';
import { RouteSchema } from './route-payload.ts';

/**
 * The tokens by which emitted ASL names what it calls. Infra fills them by `definitionSubstitutions`, the embedded
 * engine by its handler map. This list is closed.
 */
export const MACHINE_TOKENS = {
  command: 'CommandFunctionArn',
  selectDevices: 'SelectDevicesFunctionArn',
  settleIteration: 'SettleIterationFunctionArn',
  rollout: 'RolloutFunctionArn',
  unwind: 'UnwindFunctionArn',
  awaitEvent: 'AwaitEventFunctionArn',
  requestApproval: 'RequestApprovalFunctionArn',
  startWorkflow: 'StartWorkflowFunctionArn',
  callHttp: 'CallHttpFunctionArn',
  notify: 'NotifyFunctionArn',
  decide: 'DecideFunctionArn',
  lock: 'LockFunctionArn',
  escalate: 'EscalateFunctionArn',
  unwindMachine: 'UnwindStateMachineArn',
} as const;

/**
 * Expressions that only the handler can evaluate, because they read `$target` or `$result`: JSON Pointer of the place
 * in the document to the expression's text without delimiters.
 */
export const DeferredSchema = z.record(z.string(), z.string());

/** How a completed command is undone: the command, its arguments, and what of them is evaluated before dispatch. */
export const CompensationSchema = z.object({
  command: z.string(),
  /** Device to undo on; the command's own where left out. */
  device: z.string().exactOptional(),
  with: JsonObjectSchema.default({}),
  deferred: DeferredSchema.default({}),
  timeoutSeconds: z.number().positive(),
});

/** How a completed command is undone. */
export type Compensation = z.infer<typeof CompensationSchema>;

/** How it is found out whether a command took effect whose answer did not come. */
export const VerificationSchema = z.object({
  /** The command that asks the device; without it, what it has reported must do. */
  command: z.string().exactOptional(),
  with: JsonObjectSchema.default({}),
  deferred: DeferredSchema.default({}),
  /** Expression over `$target`, `$with` and `$result`: true when it took effect. */
  expect: z.string(),
  timeoutSeconds: z.number().positive(),
});

/** What every handler that a machine calls is told: the token by which it answers. */
export const CalledForTaskSchema = z.object({ taskToken: z.string() });

/** What a handler is told of the step that calls it; together they name one try of it. */
export const StepTaskSchema = CalledForTaskSchema.extend({
  /** Name of the engine execution that asks. */
  execution: z.string(),
  /** Path of the step with the iterations it is in, such as `rollout[3].flash`. */
  path: z.string(),
  /** 0 for the first try. */
  attempt: z.number().int().nonnegative(),
});

/** What a handler is told of the step that calls it. */
export type StepTask = z.infer<typeof StepTaskSchema>;

/** A result that equal runs of a step share: under this key, for so long. */
export const CacheSchema = z.object({ key: z.string(), ttlSeconds: z.number().positive() });

/** Payload of `${CommandFunctionArn}`. */
export const CommandRequestSchema = StepTaskSchema.extend({
  /** Commands belong to this engine execution; an unwind machine names the execution it unwinds. */
  execution: z.string(),
  /** Id of the step. */
  step: z.string(),
  /** The device that it goes to; absent where `on` says by what one is chosen. */
  device: z.string().exactOptional(),
  on: RouteSchema.exactOptional(),
  command: z.string(),
  with: JsonObjectSchema.default({}),
  /** Places in `with` whose expressions read `$target`. */
  deferred: DeferredSchema.default({}),
  /** Values of the names, besides `$target` and `$result`, that deferred expressions and `expect` read. */
  bindings: JsonObjectSchema.default({}),
  /** Expression over `$result`; when it is not true, the step fails with Step.Unexpected. */
  expect: z.string().optional(),
  compensate: CompensationSchema.optional(),
  verify: VerificationSchema.optional(),
  /** Whether nothing before it is undone once it has completed. */
  isPivot: z.literal(true).optional(),
  /** How long an answer is waited for once the command is sent. */
  timeoutSeconds: z.number().positive(),
  /** How long the command may wait for an offline device; 0: not at all. */
  expiresSeconds: z.number().nonnegative().default(0),
  /** 0–999; higher first in the device's mailbox. */
  priority: z.number().int().min(0).max(999).default(500),
  /** What completes the task: the answer, that the device has got the command, or that it is on its way. */
  await: z.enum(['response', 'ack', 'none']).default('response'),
  cache: CacheSchema.optional(),
  /** Whether the answer says which device it was: {@link toldTarget}. */
  tellsTarget: z.literal(true).exactOptional(),
  /** Set on the undo of a command: the id of the command that it undoes. */
  undoes: z.string().optional(),
  /** Set on a command that asks whether another took effect: the id of that. */
  verifies: z.string().optional(),
});

/** The field that sets an answer which says which device it was apart from any other. */
export const TOLD_TARGET = 'stepwright_target';

/** What a command answers whose step reads `$target` in its `output`: the device that it went to beside the result. */
export function toldTarget(device: string, result: Json): JsonObject {
  return { [TOLD_TARGET]: { id: device }, result };
}

/** Payload of `${CommandFunctionArn}`. */
export type CommandRequest = z.infer<typeof CommandRequestSchema>;

/** Payload of `${SelectDevicesFunctionArn}`; answers with an array of devices in order of their ids. */
export const SelectDevicesRequestSchema = CalledForTaskSchema.extend({
  /** Expression over one device's fields, without delimiters. */
  where: z.string().optional(),
  bindings: JsonObjectSchema.default({}),
  /** Capability to the version range it must satisfy. */
  requires: z.record(z.string(), z.string()).default({}),
  /** What of each device is given, the id always; all of it where left out. */
  fields: z.array(z.enum(DEVICE_FIELDS)).exactOptional(),
  /** The zone that it is in, or a zone around it. */
  zone: z.string().exactOptional(),
});

/** Payload of `${SelectDevicesFunctionArn}`. */
export type SelectDevicesRequest = z.infer<typeof SelectDevicesRequestSchema>;

/** How many failed iterations a forEach bears. */
export const ToleranceSchema = z.union([
  z.object({ count: z.number().int().nonnegative() }),
  z.object({ percent: z.number().min(0).max(100) }),
]);

/**
 * Payload of `${SettleIterationFunctionArn}`, called when an iteration has failed and been undone. Answers with
 * `{status: 'FAILED', path, error, cause}`, which becomes the iteration's output, or fails with
 * Stepwright.ToleranceExceeded.
 */
export const SettleIterationRequestSchema = CalledForTaskSchema.extend({
  execution: z.string(),
  /** Path of the forEach, such as `rollout`. */
  path: z.string(),
  /** Path of the iteration, such as `rollout[3]`. */
  iteration: z.string(),
  /** How many items the forEach runs over. */
  total: z.number().int().nonnegative(),
  tolerate: ToleranceSchema,
  /** The wave that the iteration is in, where waves have tolerances of their own. */
  wave: z
    .object({
      /** Such as `rollout.waves[1]`. */
      path: z.string(),
      from: z.number().int(),
      to: z.number().int(),
      tolerate: ToleranceSchema.exactOptional(),
    })
    .exactOptional(),
  onExceeded: z.enum(['rollback', 'halt', 'continue']).default('rollback'),
  error: z.string(),
  cause: z.string(),
});

/** What a distributed Map fails with when a child execution has failed, whatever that failed with. */
export const TOO_MANY_CHILDREN_FAILED = 'States.ExceedToleratedFailureThreshold';

/**
 * Payload of `${SettleIterationFunctionArn}`, called when a distributed Map has failed: fails with what its first child
 * execution failed with, or with `error` and `cause` where that is not to be found.
 */
export const TellFailureRequestSchema = CalledForTaskSchema.extend({
  action: z.literal('tellFailure'),
  execution: z.string(),
  /** ARN of the execution of the engine that the Map is in. */
  run: z.string(),
  /** Path of the forEach, such as `rollout`. */
  path: z.string(),
  error: z.string(),
  cause: z.string(),
});

/** Payload of `${SettleIterationFunctionArn}` when a distributed Map has failed. */
export type TellFailureRequest = z.infer<typeof TellFailureRequestSchema>;

/** Payload of `${SettleIterationFunctionArn}`. */
export type SettleIterationRequest = z.infer<typeof SettleIterationRequestSchema>;

/**
 * Input of the unwind machine: the execution, and the path of an iteration to undo alone, or '' for the whole of it.
 */
export const UnwindInputSchema = z.object({
  execution: z.string(),
  scope: z.string(),
  /** Which unwind of the execution it is; a later one takes over from those before. */
  run: z.number().int().default(0),
  /** How often what was given up is tried again. */
  round: z.number().int().default(0),
  /** Whether also one that has succeeded is undone: its caller is. */
  ofSuccess: z.boolean().default(false),
});

/** Input of the unwind machine. */
export type UnwindInput = z.infer<typeof UnwindInputSchema>;

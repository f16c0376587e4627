import * as z from 'zod';
import type { Cost } from '#compiler/forecast/cost.ts';
import { JsonObjectSchema, JsonSchema } from '#core/json.ts';
import { parseTraceparent } from '#core/trace-context.ts';
import { type Command, CommandSchema } from '#devices/command.ts';
import { type Device, DeviceSchema } from '#devices/device.ts';
import type { ExecutionView } from '#executions/describe.ts';
import { EXECUTION_STATUSES, type Execution } from '#executions/execution.ts';
import { LEFT_BEHIND_REASONS } from '#executions/left-behind.ts';
import { STEP_STATUSES, type StepState } from '#executions/step-state.ts';
import { RouteTraceSchema } from '#routing/trace.ts';

/** A moment, as documents have it. */
export const InstantSchema = z.string().describe('ISO 8601, in UTC, with milliseconds.');

/** A step of an execution as a document. */
export const StepDocumentSchema = z
  .object({
    id: z.string(),
    path: z.string().describe('Such as rollout[3].flash.'),
    status: z.enum(STEP_STATUSES),
    attempts: z.number().int().describe('Number of tries so far.'),
    device: z.string().optional(),
    route: RouteTraceSchema.optional().describe(
      'How the device was chosen, where the step does not name it.',
    ),
    startedAt: InstantSchema.optional(),
    endedAt: InstantSchema.optional(),
    error: z.string().optional(),
    cause: z.string().optional(),
    because: JsonObjectSchema.optional().describe(
      'Of a decide step: the decision with its version, and which rules held or which branches were taken.',
    ),
    isCached: z.boolean().optional().describe('Whether its result is one that an equal run had left.'),
  })
  .meta({ id: 'Step' });

/** An execution as a document of a list. */
export const ExecutionSummarySchema = z
  .object({
    executionId: z.string(),
    workflow: z.string(),
    version: z.string(),
    alias: z.string().optional().describe('The alias by which it was started.'),
    status: z.enum(EXECUTION_STATUSES),
    startedAt: InstantSchema,
    endedAt: InstantSchema.optional(),
    pausedAt: InstantSchema.optional().describe('Since when it begins no step until it is resumed.'),
    redriveCount: z.number().int().optional().describe('How often it has been redriven.'),
    redrivenAt: InstantSchema.optional().describe('When that was last.'),
    traceId: z.string().optional().describe('The trace that it is in, as OpenTelemetry writes it.'),
  })
  .meta({ id: 'ExecutionSummary' });

/** What an execution has taken. */
export const UsageDocumentSchema = z
  .object({
    events: z.number().int().describe('Events of its history.'),
    journalBytes: z.number().int().describe('Bytes of its history, written as JSON.'),
    transitions: z.number().int().describe('As Step Functions bills them.'),
    handlerCalls: z.number().int(),
    handlerMs: z
      .number()
      .describe('Time in handlers, from each call until it returned or its task was answered.'),
    commandsSent: z.number().int().describe('Undo commands counted in.'),
    payloadBytes: z
      .number()
      .int()
      .describe('Bytes of the documents that states took, gave, and called with.'),
  })
  .meta({ id: 'Usage' });

/** What an execution has cost on AWS, or would have. */
export const CostDocumentSchema = z
  .object({
    dollars: z.number(),
    services: z.record(z.string(), z.number()).describe('Dollars by service.'),
    region: z.string().describe('Of the prices.'),
    date: z.string().describe('Of the prices.'),
    notCounted: z.string(),
  })
  .meta({ id: 'ExecutionCost' });

/** What an execution has left behind on a device, as a document. */
export const LeftBehindDocumentSchema = z
  .object({
    command: z
      .string()
      .optional()
      .describe('Id of the command whose effect is still there, or may be; left out for a call over HTTP.'),
    path: z.string().describe('Its step, such as rollout[3].flash.'),
    device: z.string().optional().describe('The device of the command.'),
    service: z.string().optional().describe('Host of the service that was called over HTTP.'),
    workflow: z
      .string()
      .optional()
      .describe('The workflow that was called, where the step itself says how it is undone.'),
    execution: z.string().optional().describe('The called execution whose step it is; left out for its own.'),
    reason: z
      .enum(LEFT_BEHIND_REASONS)
      .describe(
        'Its undo failed, what it did is unknown, a point of no return keeps it, or the rollback did not come to it.',
      ),
    error: z.string(),
    cause: z.string(),
    tries: z.number().int().describe('How often it was tried to undo it, or to ask about it.'),
  })
  .meta({ id: 'LeftBehind' });

/** What the start of an execution gives. */
export const StartedDocumentSchema = z
  .object({
    executionId: z.string(),
    workflow: z.string(),
    version: z.string(),
    alias: z.string().optional(),
    status: z.enum(EXECUTION_STATUSES),
    warning: z.string().optional().describe('Why this version is not to be started any more.'),
  })
  .meta({ id: 'StartedExecution' });

/** An execution as a document. */
export const ExecutionDocumentSchema = ExecutionSummarySchema.extend({
  input: JsonSchema,
  output: JsonSchema.optional(),
  error: z.string().optional(),
  cause: z.string().optional(),
  progress: z.object({
    done: z.number().int().describe('Steps that have ended.'),
    total: z.number().int().describe('Steps in all, those of iterations to come counted in.'),
  }),
  steps: z.array(StepDocumentSchema),
  leftBehind: z
    .array(LeftBehindDocumentSchema)
    .optional()
    .describe('What it did that was to be undone, and is still on devices, or may be.'),
  childrenNotRead: z
    .number()
    .int()
    .optional()
    .describe(
      'Child executions of distributed Maps that were not looked at, because there are too many: of their steps, only what sends commands is told.',
    ),
  usage: UsageDocumentSchema.optional(),
  cost: CostDocumentSchema.optional(),
}).meta({ id: 'Execution' });

/** A step as a document. */
export function toStepDocument(step: StepState): z.input<typeof StepDocumentSchema> {
  const { startedAt, endedAt, ...rest } = step;
  return {
    ...rest,
    ...(startedAt === undefined ? {} : { startedAt: instant(startedAt) }),
    ...(endedAt === undefined ? {} : { endedAt: instant(endedAt) }),
  };
}

/** An execution as a document of a list. */
export function toExecutionSummary(execution: Execution): z.input<typeof ExecutionSummarySchema> {
  const { id, workflow, version, alias, status, startedAt, endedAt } = execution;
  const { pausedAt, redriveCount, redrivenAt } = execution;
  const traceId = parseTraceparent(execution.traceparent)?.traceId;
  return {
    ...{ executionId: id, workflow, version, status, startedAt: instant(startedAt) },
    ...(alias === undefined ? {} : { alias }),
    ...(endedAt === undefined ? {} : { endedAt: instant(endedAt) }),
    ...(pausedAt === undefined ? {} : { pausedAt: instant(pausedAt) }),
    ...(redriveCount === undefined ? {} : { redriveCount }),
    ...(redrivenAt === undefined ? {} : { redrivenAt: instant(redrivenAt) }),
    ...(traceId === undefined ? {} : { traceId }),
  };
}

/** An execution as a document. */
export function toExecutionDocument(view: ExecutionView): z.input<typeof ExecutionDocumentSchema> {
  const { input, output, error, cause, progress, steps, leftBehind, childrenNotRead, usage, cost } = view;
  return {
    ...toExecutionSummary(view),
    input,
    ...(output === undefined ? {} : { output }),
    ...(error === undefined ? {} : { error }),
    ...(cause === undefined ? {} : { cause }),
    progress,
    steps: steps.map(toStepDocument),
    ...(leftBehind.length === 0 ? {} : { leftBehind: leftBehind.map((each) => ({ ...each })) }),
    ...(childrenNotRead === undefined ? {} : { childrenNotRead }),
    ...(usage === undefined ? {} : { usage }),
    ...(cost === undefined ? {} : { cost: toCostDocument(cost) }),
  };
}

function toCostDocument(cost: Cost): z.input<typeof CostDocumentSchema> {
  const { dollarsPerRun: dollars, services, region, date, notCounted } = cost;
  return { dollars, services: { ...services }, region, date, notCounted };
}

/** A device as a document. */
export const DeviceDocumentSchema = DeviceSchema.omit({
  lastSeenAt: true,
  reportedAt: true,
  registeredAt: true,
  revision: true,
  rings: true,
})
  .extend({
    lastSeenAt: InstantSchema.optional(),
    reportedAt: InstantSchema.optional().describe('When it reported its state last.'),
    registeredAt: InstantSchema,
  })
  .meta({ id: 'Device' });

/** A device as a document. */
export function toDeviceDocument(device: Device): z.input<typeof DeviceDocumentSchema> {
  const { lastSeenAt, reportedAt, registeredAt, revision: _revision, rings: _rings, ...rest } = device;
  return {
    ...rest,
    registeredAt: instant(registeredAt),
    ...(lastSeenAt === undefined ? {} : { lastSeenAt: instant(lastSeenAt) }),
    ...(reportedAt === undefined ? {} : { reportedAt: instant(reportedAt) }),
  };
}

/** A command as a document: what it was, for which device, and how it stands. */
export const CommandDocumentSchema = CommandSchema.pick({
  id: true,
  device: true,
  command: true,
  with: true,
  status: true,
  execution: true,
  path: true,
  attempt: true,
  result: true,
  error: true,
  cause: true,
  undoes: true,
  verifies: true,
  tookEffect: true,
  verifiedBy: true,
  undoneBy: true,
  undoError: true,
})
  .extend({
    queuedAt: InstantSchema,
    sentAt: InstantSchema.optional(),
    endedAt: InstantSchema.optional(),
  })
  .meta({ id: 'Command' });

/** A command as a document. */
export function toCommandDocument(command: Command): z.infer<typeof CommandDocumentSchema> {
  const { queuedAt, sentAt, endedAt, ...rest } = command;
  return CommandDocumentSchema.parse({
    ...rest,
    queuedAt: instant(queuedAt),
    ...(sentAt === undefined ? {} : { sentAt: instant(sentAt) }),
    ...(endedAt === undefined ? {} : { endedAt: instant(endedAt) }),
  });
}

/** Milliseconds since the Unix epoch as a document has them. */
export function instant(ms: number): string {
  return new Date(ms).toISOString();
}

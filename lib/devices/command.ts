import * as z from 'zod';
import { CacheSchema, CompensationSchema, VerificationSchema } from '#compiler/task-payload.ts';
import { JsonObjectSchema, JsonSchema } from '#core/json.ts';
import type { Deadline } from '#deadlines/deadlines.ts';
import { RouteTraceSchema } from '#routing/trace.ts';
import { commandKey, openCommandKeys } from '#table/keys.ts';
import { byHandKeys, logKeys } from '#table/log-keys.ts';
import type { Item } from '#table/table.ts';

/** Where a command may stand. The first four are open: something may still come of it. */
export const COMMAND_STATUSES = [
  ...(['QUEUED', 'SENT', 'DELIVERED', 'RUNNING'] as const),
  ...(['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'EXPIRED', 'CANCELLED'] as const),
] as const;

/** Where a command may stand. */
export type CommandStatus = (typeof COMMAND_STATUSES)[number];

/** Statuses of a command that has left for its device and has not ended. */
export const IN_FLIGHT: readonly CommandStatus[] = ['SENT', 'DELIVERED', 'RUNNING'];

/** Statuses of a command that has not ended. */
export const OPEN: readonly CommandStatus[] = ['QUEUED', ...IN_FLIGHT];

/** The record of one command. Times are ms since the Unix epoch. */
export const CommandSchema = z.object({
  id: z.string(),
  device: z.string(),
  command: z.string(),
  with: JsonObjectSchema,
  status: z.enum(COMMAND_STATUSES),
  /** The execution and step that issued it; absent when issued by hand. */
  execution: z.string().optional(),
  step: z.string().optional(),
  path: z.string().optional(),
  attempt: z.number(),
  /** The task that waits for it. */
  taskToken: z.string().optional(),
  /** Tasks that asked for it before, whose calls failed, or seemed to: the last few. They are answered, too. */
  earlierTokens: z.array(z.string()).optional(),
  /** Whether no task has heard by what it failed, since the call of the one that asked for it had failed itself. */
  isUntold: z.literal(true).optional(),
  expect: z.string().optional(),
  bindings: JsonObjectSchema.optional(),
  /** How it is undone, with its arguments as they were when it was issued. The saga's journal is these records. */
  compensate: CompensationSchema.optional(),
  /** How it is asked about when its answer does not come. */
  verify: VerificationSchema.optional(),
  /** Whether nothing before it is undone once it has completed. */
  isPivot: z.literal(true).optional(),
  /** The command that this one undoes. */
  undoes: z.string().optional(),
  /** The command of which this one asks whether it took effect. */
  verifies: z.string().optional(),
  /** Whether it took effect, where that was found out only later: by what, and when. */
  tookEffect: z.boolean().optional(),
  verifiedBy: z.string().optional(),
  verifiedAt: z.number().optional(),
  /** The command that undid this one, and when. */
  undoneBy: z.string().optional(),
  undoneAt: z.number().optional(),
  /** Why its undo, or asking about it, was given up, and in which round of the rollback. */
  undoError: z.string().optional(),
  undoCause: z.string().optional(),
  undoRound: z.number().int().optional(),
  priority: z.number(),
  timeoutMs: z.number(),
  queuedAt: z.number(),
  /** What completes its task before its answer does. */
  await: z.enum(['ack', 'none']).optional(),
  /** Under what its result is left for equal steps. */
  cache: CacheSchema.optional(),
  /** Whether its answer says which device it was. */
  tellsTarget: z.literal(true).exactOptional(),
  /** When it is given up while it waits. */
  expiresAt: z.number(),
  sentAt: z.number().optional(),
  /** When its device said that it has it, and that it works on it, where it did. */
  deliveredAt: z.number().exactOptional(),
  runningAt: z.number().exactOptional(),
  /** The place in a trace that its device is told of. */
  traceparent: z.string().exactOptional(),
  /** How often it was sent again, under the same id, after no answer had come: an undo. */
  resends: z.number().int().optional(),
  endedAt: z.number().optional(),
  result: JsonSchema.optional(),
  /** Whether the result was what `expect` demands. */
  expected: z.boolean().optional(),
  /** Whether it was counted as one that its device has open. */
  isCounted: z.boolean().optional(),
  /** How its device was chosen; absent where the step names it. */
  route: RouteTraceSchema.exactOptional(),
  /** The workflow whose step had it chosen; by it the choice is found in the decision log. */
  workflow: z.string().exactOptional(),
  workflowVersion: z.string().exactOptional(),
  /** What its device was, and where, when it was issued. */
  deviceType: z.string().exactOptional(),
  deviceZone: z.string().exactOptional(),
  error: z.string().optional(),
  cause: z.string().optional(),
});

/** The record of one command. */
export type Command = z.infer<typeof CommandSchema>;

/** When a command has to be looked at again: it expires while it waits, and times out once it is sent. */
export function dueAt(command: Command): number {
  return command.sentAt === undefined ? command.expiresAt : command.sentAt + command.timeoutMs;
}

/** What wakes us when a command may be overdue. */
export function commandDeadline({ id }: Pick<Command, 'id'>): Deadline {
  return { kind: 'command', id };
}

/**
 * The item that keeps a command; an open one is also in the index of open commands, by when it is due, one whose device was chosen
 * in the decision log, by its workflow and when, and one that no execution has issued by when it was asked for.
 */
export function toCommandItem(command: Command): Item {
  const { expiresAt, ...rest } = command;
  const index = OPEN.includes(command.status)
    ? openCommandKeys.index(command.device, dueAt(command), command.id)
    : {};
  return { ...commandKey(command.id), ...index, ...logIndexOf(command), ...rest, waitsUntil: expiresAt };
}

function logIndexOf({
  id,
  route,
  workflow,
  execution,
  queuedAt: at,
}: Command): Pick<Item, 'gsi1pk' | 'gsi1sk'> {
  if (execution === undefined) return byHandKeys.index(at, id);
  if (route === undefined || workflow === undefined) return {};
  return logKeys.index({ kind: 'route', name: workflow }, { at, execution, id });
}

/** The command that an item keeps. */
export function fromCommandItem(item: Item): Command {
  const { waitsUntil, ...rest } = item;
  return CommandSchema.parse({ ...rest, expiresAt: waitsUntil });
}

import * as z from 'zod';
import type { DecideRequest } from '#compiler/call-payload.ts';
import { taskId } from '#compiler/task-id.ts';
import { type Json, type JsonObject, JsonObjectSchema, JsonSchema } from '#core/json.ts';
import type { Answer } from '#decisions/trace.ts';
import type { DecisionFile } from '#definition/decision/decision.ts';
import { taskKeys } from '#table/keys.ts';
import { logKeys } from '#table/log-keys.ts';
import type { Item, Table } from '#table/table.ts';
import { compiledDecision } from './decision-store.ts';
import { EXECUTION_STATUSES } from './execution.ts';
import { type Assignment, shareOf } from './trial.ts';

/** What the log keeps of one decision, beside why it was decided so. Times in ms since the Unix epoch. */
export const LoggedDecisionSchema = z.object({
  at: z.number(),
  decision: z.string(),
  /** The version that has decided, and the one that the step asks; they differ on the side of a canary. */
  version: z.string(),
  asked: z.string(),
  side: z.enum(['base', 'canary']).exactOptional(),
  /** The chance with which this side was to decide; absent where there is no canary. */
  propensity: z.number().exactOptional(),
  /** Values by input, defaults filled in. */
  features: JsonObjectSchema,
  /** Absent where it is too long to be kept, or nothing was decided. */
  chosen: JsonSchema.exactOptional(),
  /** The names of what is too long to be kept: inputs, or `chosen`. */
  omitted: z.array(z.string()).readonly().exactOptional(),
  /** How long deciding took, in ms with fractions. */
  latencyMs: z.number(),
  /** With what it failed, where nothing was decided. */
  error: z.string().exactOptional(),
});

/** What the log keeps of one decision. */
export type LoggedDecision = z.infer<typeof LoggedDecisionSchema>;

/** How the execution ended that asked for a decision, as far as it has. */
export const DecisionOutcomeSchema = z.object({
  workflow: z.string(),
  version: z.string(),
  status: z.enum(EXECUTION_STATUSES),
  endedAt: z.number(),
});

/** How the execution ended that asked for a decision. */
export type DecisionOutcome = z.infer<typeof DecisionOutcomeSchema>;

/** For so long a decision is kept: a year and a month, so that a month can be seen beside the one a year before. */
const KEPT_SECONDS = 400 * 86_400;
/** So many characters of JSON are kept of all inputs together, and of what is chosen. */
const LONGEST = 4_000;

/** What has come of asking: an answer, or the name of an error. */
export type Made = { readonly answer: Answer } | { readonly error: string };

/** What is to be logged of a decision that was made for a step. */
export interface MadeDecision {
  readonly request: DecideRequest;
  readonly assignment: Assignment;
  readonly made: Made;
  readonly latencyMs: number;
  readonly at: number;
}

/**
 * What the log adds to the item that keeps why a step was decided so: nothing where the version's file says that its share of
 * executions is not logged.
 */
export async function logOf(table: Table, decided: MadeDecision): Promise<Partial<Item>> {
  const { request, assignment, at } = decided;
  const { execution, decision: name } = request;
  const { file, readInput } = await compiledDecision(table, name, assignment.version);
  if (!isLogged(file, request)) return {};
  const whole = 'error' in decided.made ? request.input : readInput(request.input);
  return {
    ...logKeys.index({ kind: 'decision', name }, { at, execution, id: taskId(request) }),
    expiresAt: Math.floor(at / 1_000) + KEPT_SECONDS,
    logged: toLogged(decided, Object.keys(file.inputs), whole),
  };
}

function toLogged(
  { request, assignment, made, latencyMs, at }: MadeDecision,
  inputs: readonly string[],
  whole: JsonObject,
): LoggedDecision {
  const { features, omitted } = withinBounds(whole, inputs);
  const { side } = assignment;
  const output: Json = 'answer' in made ? made.answer.output : null;
  const isLong = JSON.stringify(output).length > LONGEST;
  const missing = isLong ? [...omitted, 'chosen'] : omitted;
  return {
    ...{ at, decision: request.decision, version: assignment.version, asked: request.version },
    ...(side === undefined ? {} : { side: side.name, propensity: side.propensity }),
    features,
    ...('answer' in made && !isLong ? { chosen: output } : {}),
    ...(missing.length === 0 ? {} : { omitted: missing }),
    latencyMs: Math.round(latencyMs * 1_000) / 1_000,
    ...('error' in made ? { error: made.error } : {}),
  };
}

/** The inputs in their order, as many as there is room for. */
function withinBounds(
  whole: JsonObject,
  inputs: readonly string[],
): { readonly features: JsonObject; readonly omitted: readonly string[] } {
  const features: Record<string, Json> = {};
  const omitted: string[] = [];
  let room = LONGEST;
  for (const name of inputs) {
    const value = whole[name];
    if (value === undefined) continue;
    const { length } = JSON.stringify(value);
    if (length > room) omitted.push(name);
    else {
      features[name] = value;
      room -= length;
    }
  }
  return { features, omitted };
}

/** Whether the decisions of an execution are logged: those of the share that the file says, always the same. */
export function isLogged(
  { log = 1 }: Pick<DecisionFile, 'log'>,
  { decision, execution }: Pick<DecideRequest, 'decision' | 'execution'>,
): boolean {
  return shareOf(`log ${decision} ${execution}`) < log;
}

/** The key of the item that keeps a decision of a step. */
export function decisionItemKey(request: DecideRequest): Pick<Item, 'pk' | 'sk'> {
  return taskKeys.decided(taskId(request));
}

import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Clock } from '#core/clock.ts';
import type { JsonObject } from '#core/json.ts';
import { readExpression } from '#expression/delimiters.ts';
import { EvaluationError, evaluate } from '#expression/evaluate.ts';
import { trialKeys } from '#table/log-keys.ts';
import type { Table } from '#table/table.ts';

/** Another version beside the one that steps ask: it gets a share of the executions, or is only asked what it would say. */
export const TrialTargetSchema = z.union([
  z.strictObject({
    shadow: z.strictObject({
      version: z
        .string()
        .describe('It is asked the same after the answer has been given, and decides nothing.'),
    }),
  }),
  z.strictObject({
    canary: z.strictObject({
      version: z.string().describe('It decides for its share.'),
      percent: z.number().gt(0).lt(100).describe('How many of a hundred.'),
      by: z
        .string()
        .max(1_000)
        .exactOptional()
        .describe(
          'Expression over $input: equal values have the same version. Default: each execution has one.',
        ),
    }),
  }),
]);

/** Another version beside the one that steps ask. */
export type TrialTarget = z.infer<typeof TrialTargetSchema>;

/** A trial as it is stored. */
export const TrialSchema = z.object({
  /** The version that steps ask. */
  version: z.string(),
  target: TrialTargetSchema,
  /** Milliseconds since the Unix epoch. */
  changedAt: z.number(),
});

/** A trial as it is stored. */
export type Trial = z.infer<typeof TrialSchema>;

/** Which version decides, and on which side of a trial that is. */
export interface Assignment {
  readonly version: string;
  /** Undefined where there is no canary. */
  readonly side: Side | undefined;
}

/** A side of a trial by a canary. */
export interface Side {
  readonly name: 'base' | 'canary';
  /** The chance with which a decision is on it. */
  readonly propensity: number;
}

/** For so long a process goes by what it has read of a trial, in ms. */
const KNOWN_MS = 10_000;
/** So many decisions are known at once. */
const MOST_KNOWN = 1_000;

interface Known {
  readonly trial: Trial | undefined;
  readonly until: number;
}

const known = new WeakMap<Table, Map<string, Known>>();

/** What trying takes. */
export interface TrialPorts {
  readonly table: Table;
  readonly clock: Clock;
}

/** The trial of a version that steps ask, as it was at most ten seconds ago. */
export async function trialOf(
  { table, clock }: TrialPorts,
  decision: string,
  version: string,
): Promise<Trial | undefined> {
  const trials = known.get(table) ?? new Map<string, Known>();
  known.set(table, trials);
  const key = `${decision}@${version}`;
  const found = trials.get(key);
  if (found !== undefined && clock.now() < found.until) return found.trial;
  const item = await table.get(trialKeys.trial(decision, version));
  const trial = item === undefined ? undefined : TrialSchema.parse(item);
  if (trials.size >= MOST_KNOWN) trials.clear();
  trials.set(key, { trial, until: clock.now() + KNOWN_MS });
  return trial;
}

/** Makes this process read trials again. */
export function forgetTrials(table: Table): void {
  known.delete(table);
}

/** Who asks, and what. */
export interface Asking {
  readonly decision: string;
  readonly version: string;
  readonly execution: string;
  readonly input: JsonObject;
}

/** Which version decides: equal executions, or equal values of `by`, have the same as long as the trial stands. */
export async function assignmentOf(ports: TrialPorts, asking: Asking): Promise<Assignment> {
  const { decision, version } = asking;
  const trial = await trialOf(ports, decision, version);
  if (trial === undefined || !('canary' in trial.target)) return { version, side: undefined };
  const { canary } = trial.target;
  const unit = await unitOf(asking, canary.by);
  const share = shareOf(`trial ${decision} ${version} ${canary.version} ${unit}`);
  return share * 100 < canary.percent
    ? { version: canary.version, side: { name: 'canary', propensity: canary.percent / 100 } }
    : { version, side: { name: 'base', propensity: 1 - canary.percent / 100 } };
}

/** What gives no value goes by its execution. */
async function unitOf({ execution, input }: Asking, by: string | undefined): Promise<string> {
  if (by === undefined) return execution;
  try {
    const value = await evaluate(readExpression(by)?.text ?? by, { bindings: { input } }, { timeoutMs: 100 });
    return value === undefined ? execution : JSON.stringify(value);
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    return execution;
  }
}

/** A number in [0, 1) that is the same for the same text, and evenly spread over texts. */
export function shareOf(text: string): number {
  return createHash('sha256').update(text).digest().readUIntBE(0, 6) / 2 ** 48;
}

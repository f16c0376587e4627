import * as z from 'zod';
import { type Json, type JsonObject, JsonObjectSchema } from '#core/json.ts';
import { type Command, fromCommandItem } from '#devices/command.ts';
import {
  type DecisionOutcome,
  DecisionOutcomeSchema,
  LoggedDecisionSchema,
} from '#executions/decision-log.ts';
import { type Shadow, ShadowSchema } from '#executions/shadow.ts';
import type { Scored } from '#routing/trace.ts';
import { taskKeys } from '#table/keys.ts';
import type { Item } from '#table/table.ts';

/** What every record of the decision log tells. Times in ms since the Unix epoch. */
interface RecordOfAny {
  readonly id: string;
  readonly at: number;
  readonly execution: string;
  /** Path of the step with the iterations it is in, and which try of it. */
  readonly path: string;
  readonly attempt: number;
  /** Absent of a decision whose execution has not ended. */
  readonly workflow?: string;
  readonly workflowVersion?: string;
  /** What was known when it was made. */
  readonly features: JsonObject;
  readonly outcome?: Outcome;
  /** With what it, or the command that was routed, failed. */
  readonly error?: string;
  /** Of a decision, how long it took to be made; of a route, how long the device took to answer; in ms. */
  readonly latencyMs?: number;
}

/** What came of it. */
export interface Outcome {
  /** Of a decision the status of its execution, of a route that of its command. */
  readonly status: string;
  readonly endedAt: number;
  /** Whether it went well; undefined where the end tells nothing of it: stopped, cancelled, never sent. */
  readonly success: boolean | undefined;
}

/** A decision that a step asked for. */
export interface DecisionRecord extends RecordOfAny {
  readonly kind: 'decision';
  readonly decision: string;
  /** The version that has decided, and the one that the step asks. */
  readonly version: string;
  readonly asked: string;
  readonly side?: 'base' | 'canary';
  /** The chance with which this side was to decide. */
  readonly propensity?: number;
  /** The rules of a table that held, from 1. */
  readonly rules?: readonly number[];
  readonly otherwise?: boolean;
  /** The branches of a tree that were taken, from the outermost inwards. */
  readonly branches?: readonly string[];
  readonly chosen?: Json;
  readonly omitted?: readonly string[];
  readonly shadow?: Shadow;
}

/** A choice of the device of a command. */
export interface RouteRecord extends RecordOfAny {
  readonly kind: 'route';
  /** Workflow and path of the step, without the numbers of iterations: `firmware-rollout/rollout.flash`. */
  readonly route: string;
  /** The devices that did best with what spoke for each, the chosen one first. */
  readonly options: readonly Scored[];
  readonly chosen: string;
}

/** A record of the decision log. */
export type LogRecord = DecisionRecord | RouteRecord;

const DecidedItemSchema = z.object({
  pk: z.string(),
  sk: z.string(),
  because: JsonObjectSchema,
  logged: LoggedDecisionSchema,
  outcome: DecisionOutcomeSchema.exactOptional(),
  shadow: ShadowSchema.exactOptional(),
});

const HeldSchema = z.object({
  rules: z.array(z.object({ rule: z.number() })).exactOptional(),
  otherwise: z.boolean().exactOptional(),
  branches: z.array(z.string()).exactOptional(),
});

/** The record that an item of the log of a decision keeps. */
export function toDecisionRecord(item: Item): DecisionRecord {
  const { pk, sk, because, logged, outcome, shadow } = DecidedItemSchema.parse(item);
  const execution = pk.slice('EXECUTION#'.length);
  const [, path = '', attempt = '0'] = /^(.*):(\d+)$/.exec(sk.slice(taskKeys.decidedPrefix.length)) ?? [];
  const { rules, ...held } = HeldSchema.parse(because);
  return {
    kind: 'decision',
    id: `${execution}:${path}:${attempt}`,
    ...{ execution, path, attempt: Number(attempt) },
    ...logged,
    ...held,
    ...(rules === undefined ? {} : { rules: rules.map(({ rule }) => rule) }),
    ...(shadow === undefined ? {} : { shadow }),
    ...(outcome === undefined ? {} : ofExecution(outcome)),
  };
}

/** A stop is an operator's doing, and tells nothing of the decision. */
function ofExecution({
  workflow,
  version,
  status,
  endedAt,
}: DecisionOutcome): Pick<DecisionRecord, 'workflow' | 'workflowVersion' | 'outcome'> {
  const success = status === 'STOPPED' ? undefined : status === 'SUCCEEDED';
  return { workflow, workflowVersion: version, outcome: { status, endedAt, success } };
}

/** The record that a routed command keeps. */
export function toRouteRecord(item: Item): RouteRecord {
  const command = fromCommandItem(item);
  const { id, route, execution = '', path = '', attempt, queuedAt, workflow = '', workflowVersion } = command;
  if (route === undefined) throw new Error(`command ${id} is in the log without a route`);
  const { strategy, ability, alternative, zone, looked, fits, isProbe = false, tried = [] } = route;
  const latencyMs = latencyOf(command);
  return {
    kind: 'route',
    ...{ id, at: queuedAt, execution, path, attempt, workflow },
    ...(workflowVersion === undefined ? {} : { workflowVersion }),
    route: `${workflow}/${path.replace(/\[\d+\]/g, '')}`,
    features: {
      ...{ command: command.command, strategy, ability, alternative, zone, looked, fits },
      ...{ isProbe, tried: tried.length },
    },
    options: route.best,
    chosen: command.device,
    ...(latencyMs === undefined ? {} : { latencyMs }),
    ...(command.error === undefined ? {} : { error: command.error }),
    ...(command.endedAt === undefined ? {} : { outcome: ofCommand(command, command.endedAt) }),
  };
}

/** A command does well when its step takes its result; one that was cancelled, or never sent, tells nothing. */
function ofCommand({ status, expected }: Command, endedAt: number): Outcome {
  if (status === 'SUCCEEDED') return { status, endedAt, success: expected !== false };
  return { status, endedAt, success: status === 'FAILED' || status === 'TIMED_OUT' ? false : undefined };
}

function latencyOf({ sentAt, endedAt, status }: Command): number | undefined {
  const isAnswer = status === 'SUCCEEDED' || status === 'FAILED';
  return isAnswer && sentAt !== undefined && endedAt !== undefined ? endedAt - sentAt : undefined;
}

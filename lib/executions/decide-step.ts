import * as z from 'zod';
import type { DecideRequest } from '#compiler/call-payload.ts';
import { taskId } from '#compiler/task-id.ts';
import type { Clock } from '#core/clock.ts';
import { RuntimeError, StepwrightError } from '#core/error.ts';
import type { Json, JsonObject } from '#core/json.ts';
import { DecisionError } from '#decisions/fault.ts';
import type { Answer, Trace } from '#decisions/trace.ts';
import { executionKeys, taskKeys } from '#table/keys.ts';
import { queryAll, type Table } from '#table/table.ts';
import { decidePublished } from './decide-published.ts';
import { logOf, type Made } from './decision-log.ts';
import { assignmentOf } from './trial.ts';

/** What deciding for a step takes. */
export interface DecidePorts {
  readonly table: Table;
  readonly clock: Clock;
}

/**
 * Decides for a step by the version that it asks, or the canary of a trial, and keeps why with it, in the decision log. Called
 * again for the same try, it decides the same again. Throws what the decision fails with, and Decision.Unknown.
 */
export async function decideForStep(ports: DecidePorts, request: DecideRequest): Promise<Json> {
  const assignment = await assignmentOf(ports, request);
  const at = ports.clock.now();
  const began = performance.now();
  const noteMade = async (because: JsonObject, made: Made): Promise<void> => {
    const latencyMs = performance.now() - began;
    const logged = await logOf(ports.table, { request, assignment, made, latencyMs, at });
    await ports.table.put({ ...taskKeys.decided(taskId(request)), because, ...logged });
  };
  try {
    const answer = await decided(ports, { ...request, version: assignment.version });
    await noteMade(explanationOf(answer.trace), { answer });
    return answer.output;
  } catch (error) {
    if (error instanceof DecisionError)
      await noteMade({ decision: request.decision, version: assignment.version }, { error: error.name });
    throw error;
  }
}

async function decided(
  { table, clock }: DecidePorts,
  { decision: name, version, input, timeoutSeconds }: DecideRequest,
): Promise<Answer> {
  try {
    return await decidePublished(
      table,
      { name, version, input },
      { timeoutMs: timeoutSeconds * 1_000, clock },
    );
  } catch (error) {
    if (!(error instanceof StepwrightError) || error.kind !== 'not-found') throw error;
    throw new RuntimeError('Decision.Unknown', error.message, { cause: error });
  }
}

/** So many rules, branches or names are told of, and so many characters of a text. */
const MOST = 20;
const LONGEST = 200;

/** Why a step was decided as it was, short enough to be kept with each step: what held, not what did not. */
export function explanationOf({
  decision,
  version,
  rules,
  otherwise,
  branches,
  data,
  decisions,
}: Trace): JsonObject {
  return {
    ...{ decision, version },
    ...(rules === undefined
      ? {}
      : { rules: rules.slice(0, MOST).map(({ rule, note }) => withNote(rule, note)) }),
    ...(rules !== undefined && rules.length > MOST ? { moreRules: rules.length - MOST } : {}),
    ...(otherwise === undefined ? {} : { otherwise }),
    ...(branches === undefined ? {} : { branches: branches.slice(0, MOST).map(({ place }) => place) }),
    ...(data === undefined ? {} : { data: data.slice(0, MOST) }),
    ...(decisions === undefined ? {} : { decisions: usedOf(decisions) }),
  };
}

function withNote(rule: number, note: string | undefined): JsonObject {
  return note === undefined ? { rule } : { rule, note: note.slice(0, LONGEST) };
}

function usedOf(decisions: Readonly<Record<string, Trace>>): JsonObject {
  const used = Object.entries(decisions).slice(0, MOST);
  return Object.fromEntries(used.map(([name, { decision, version }]) => [name, `${decision} ${version}`]));
}

const DecidedItemSchema = z.object({ sk: z.string(), because: z.record(z.string(), z.json()) });

/** Why the steps of an execution were decided as they were, by their paths; of several tries, the last. */
export async function explanationsOf(
  table: Table,
  execution: string,
): Promise<ReadonlyMap<string, JsonObject>> {
  const query = { partition: executionKeys.partition(execution), prefix: taskKeys.decidedPrefix };
  const found = new Map<string, JsonObject>();
  for await (const item of queryAll(table, query)) {
    const { sk, because } = DecidedItemSchema.parse(item);
    found.set(sk.slice(taskKeys.decidedPrefix.length).replace(/:\d+$/, ''), because);
  }
  return found;
}

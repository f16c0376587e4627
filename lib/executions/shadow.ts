import * as z from 'zod';
import type { DecideRequest } from '#compiler/call-payload.ts';
import { RuntimeError, StepwrightError } from '#core/error.ts';
import { type Json, JsonSchema } from '#core/json.ts';
import { equalJson } from '#expression/json-path/equal-json.ts';
import { ConditionFailed } from '#table/table.ts';
import { decidePublished } from './decide-published.ts';
import { decisionItemKey, isLogged } from './decision-log.ts';
import { compiledDecision } from './decision-store.ts';
import { type TrialPorts, trialOf } from './trial.ts';

/** What a version in the shadow has said, or what it failed with. */
export const ShadowSchema = z.object({
  version: z.string(),
  chosen: JsonSchema.exactOptional(),
  error: z.string().exactOptional(),
  /** Whether it is something else than what was decided. */
  differs: z.boolean(),
  latencyMs: z.number(),
});

/** What a version in the shadow has said. */
export type Shadow = z.infer<typeof ShadowSchema>;

/** It has no longer, in ms, however long the step would wait. */
const LONGEST_MS = 1_000;
/** A longer answer is compared and not kept, in characters. */
const LONGEST_KEPT = 4_000;

/**
 * Asks the version in the shadow, where there is one, what it would have decided, and notes it in the log. To be called when the
 * step has its answer: nothing that happens here reaches it.
 */
export async function askShadow(ports: TrialPorts, request: DecideRequest, decided: Json): Promise<void> {
  const target = (await trialOf(ports, request.decision, request.version))?.target;
  if (target === undefined || !('shadow' in target)) return;
  const { file } = await compiledDecision(ports.table, request.decision, request.version);
  // What is not logged has nothing that it could be noted at.
  if (!isLogged(file, request)) return;
  const shadow = await shadowOf(ports, { ...request, version: target.shadow.version }, decided);
  try {
    await ports.table.update({
      key: decisionItemKey(request),
      set: { shadow },
      condition: { attribute: 'logged', present: true },
    });
  } catch (error) {
    // It has been deleted meanwhile.
    if (!(error instanceof ConditionFailed)) throw error;
  }
}

async function shadowOf(
  { table, clock }: TrialPorts,
  { decision: name, version, input, timeoutSeconds }: DecideRequest,
  decided: Json,
): Promise<Shadow> {
  const began = performance.now();
  const took = (): number => Math.round((performance.now() - began) * 1_000) / 1_000;
  const timeoutMs = Math.min(timeoutSeconds * 1_000, LONGEST_MS);
  try {
    const { output } = await decidePublished(table, { name, version, input }, { timeoutMs, clock });
    const text = JSON.stringify(output);
    return {
      version,
      ...(text.length > LONGEST_KEPT ? {} : { chosen: output }),
      differs: !equalJson(output, decided),
      latencyMs: took(),
    };
  } catch (error) {
    if (!(error instanceof RuntimeError) && !(error instanceof StepwrightError)) throw error;
    const name = error instanceof RuntimeError ? error.name : error.code;
    return { version, error: name, differs: true, latencyMs: took() };
  }
}

import * as z from 'zod';
import { becauseVariable, type CompiledStep } from '#compiler/compiled-workflow.ts';
import { type JsonObject, JsonObjectSchema } from '#core/json.ts';
import type { HistoryEvent } from '#engine/history.ts';
import { placeEvents } from './history-walk.ts';
import type { WholeHistory } from './read-history.ts';
import { pathOf } from './step-rows.ts';

const AssignedSchema = z.object({ assignedVariables: z.record(z.string(), z.string()) });

/**
 * Why Choice states have decided as they did, by the paths of their steps: each assigns it beside what it decides, and the history
 * has what is assigned. An emulator's history may not.
 */
export function inlineExplanations(
  steps: readonly CompiledStep[],
  { events, children }: Pick<WholeHistory, 'events' | 'children'>,
): ReadonlyMap<string, JsonObject> {
  const inlined = new Map(steps.flatMap((step) => (step.askState === undefined ? [] : [[step.state, step]])));
  const found = new Map<string, JsonObject>();
  if (inlined.size === 0) return found;
  for (const { event, state } of placeEvents(steps, events, children)) {
    const step = event.type === 'ChoiceStateExited' ? inlined.get(state?.name ?? '') : undefined;
    if (step === undefined || state === undefined) continue;
    const because = becauseIn(event, becauseVariable(step));
    if (because !== undefined) found.set(pathOf(step, state.indices), because);
  }
  return found;
}

function becauseIn({ details }: HistoryEvent, variable: string): JsonObject | undefined {
  const { data } = AssignedSchema.safeParse(details);
  const text = data?.assignedVariables[variable];
  return text === undefined ? undefined : JsonObjectSchema.safeParse(JSON.parse(text)).data;
}

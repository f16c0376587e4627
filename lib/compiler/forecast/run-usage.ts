import type { JsonObject } from '#core/json.ts';
import type { Workflow } from '#definition/model.ts';
import { countOf, type Estimates } from '../durations.ts';
import { calledUsage, RUN_USAGE } from './handler-usage.ts';
import { EVENTS_OF_AN_ITERATION, historyEventsOf } from './history-events.ts';
import { repetitionsOf } from './repetitions.ts';
import { totalUsage, type Usage } from './usage.ts';
import { visitsOf } from './visits.ts';

/** What a rollout is planned over are the items of its step. */
function stepOf(state: string): string {
  return state.replace(/ plan$/, '');
}

/** What a run takes, by the machine that it runs on and the counts of its steps. */
export function runUsage(
  definition: JsonObject,
  workflow: Pick<Workflow, 'steps'>,
  counts: Estimates['counts'],
): Usage {
  const visits = [...visitsOf(definition, repetitionsOf(workflow, counts))];
  return totalUsage([
    [RUN_USAGE, 1],
    ...visits.flatMap(([name, { state, times, iterations }]) => [
      [{ stateTransitions: 1, historyEvents: historyEventsOf(state) }, times] as const,
      [calledUsage(state, countOf({ id: stepOf(name) }, counts)), times] as const,
      [{ historyEvents: EVENTS_OF_AN_ITERATION }, state['Type'] === 'Map' ? iterations : 0] as const,
    ]),
  ]);
}

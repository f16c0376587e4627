import { isJsonObject, type JsonObject } from '#core/json.ts';
import type { Workflow } from '#definition/model.ts';
import { countOf, type Estimates } from '../durations.ts';
import { CHILD_EXECUTION_USAGE, calledUsage, RUN_USAGE } from './handler-usage.ts';
import { EVENTS_OF_A_MAP_RUN, EVENTS_OF_AN_ITERATION, historyEventsOf } from './history-events.ts';
import { repetitionsOf } from './repetitions.ts';
import { totalUsage, type Usage } from './usage.ts';
import { isDistributedMap, type Visit, visitsOf } from './visits.ts';

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
    ...visits.flatMap(([name, visit]) => [
      [{ stateTransitions: 1 }, visit.times] as const,
      [calledUsage(visit.state, countOf({ id: stepOf(name) }, counts)), visit.times] as const,
      [{ historyEvents: eventsOf(visit) }, 1] as const,
      [CHILD_EXECUTION_USAGE, isDistributedMap(visit.state) ? visit.iterations : 0] as const,
    ]),
  ]);
}

/** Events that a state leaves in the history of the execution itself. */
function eventsOf({ state, times, iterations, isInChild }: Visit): number {
  if (isInChild) return 0;
  const own = times * historyEventsOf(state);
  if (isDistributedMap(state)) return own + times * EVENTS_OF_A_MAP_RUN;
  return own + (state['Type'] === 'Map' ? iterations * EVENTS_OF_AN_ITERATION : 0);
}

/** Events of the longest history of a run: its own, or that of a child execution. */
export function longestHistory(
  definition: JsonObject,
  workflow: Pick<Workflow, 'steps'>,
  counts: Estimates['counts'],
): number {
  const visits = visitsOf(definition, repetitionsOf(workflow, counts));
  const children = [...visits.values()].flatMap(({ state, isInChild }) => {
    const processor = state['ItemProcessor'];
    return isDistributedMap(state) && !isInChild && isJsonObject(processor) ? [processor] : [];
  });
  return Math.max(
    runUsage(definition, workflow, counts).historyEvents,
    ...children.map((child) => longestHistory(child, workflow, counts)),
  );
}

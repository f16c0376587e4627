import { type Cost, costOf } from '#compiler/forecast/cost.ts';
import { CHILD_EXECUTION_USAGE, calledUsage, RUN_USAGE } from '#compiler/forecast/handler-usage.ts';
import { totalUsage, type Usage } from '#compiler/forecast/usage.ts';
import type { JsonObject } from '#core/json.ts';
import type { HistoryEvent } from '#engine/history.ts';
import { statesOf } from '../operate/machine-states.ts';
import type { WholeHistory } from '../read-history.ts';
import { UNWIND_MACHINE } from '../unwind-machine.ts';
import { countStates } from './count-states.ts';

/** What the cost of an execution is made of. */
export interface CostSources {
  /** The machine that it ran on. */
  readonly definition: JsonObject;
  readonly history: Pick<WholeHistory, 'events' | 'children'>;
  /** Histories of its unwinds. */
  readonly unwinds: readonly (readonly HistoryEvent[])[];
}

/**
 * What an execution has taken of AWS, or would have: states and calls as its history counts them, with tries and its undo, and for
 * each call what its handler takes as the forecast has it. Devices are counted one for each selection, and waves of one device.
 */
export function usageOnAws({ definition, history, unwinds }: CostSources): Usage {
  const children = [...history.children.values()].flat();
  return totalUsage([
    [RUN_USAGE, 1],
    [CHILD_EXECUTION_USAGE, children.length],
    ...[history.events, ...children.map(({ events }) => events)].flatMap((events) =>
      taken(definition, events),
    ),
    ...unwinds.flatMap((events) => taken(UNWIND_MACHINE.definition, events)),
  ]);
}

/** What an execution has cost on AWS, or would have, by the prices of the forecast. */
export function executionCost(sources: CostSources): Cost {
  return costOf(usageOnAws(sources));
}

function taken(
  definition: JsonObject,
  events: readonly HistoryEvent[],
): readonly (readonly [usage: Partial<Usage>, times: number])[] {
  const states = statesOf(definition);
  const { transitions, calls } = countStates(events);
  return [
    [{ stateTransitions: transitions, historyEvents: events.length }, 1],
    ...[...calls].map(([name, times]) => [calledUsage(states.get(name)?.own ?? {}, 1), times] as const),
  ];
}

import type { CompiledStep } from '#compiler/compiled-workflow.ts';
import type { HistoryEvent } from '#engine/history.ts';
import { placeEvents } from '../history-walk.ts';
import type { WholeHistory } from '../read-history.ts';
import { pathOf } from '../step-rows.ts';

/** The events of the states of each step, by path of its run; those of the execution's ends and redrives with each of them. */
export function ownEvents(
  steps: readonly CompiledStep[],
  { events, children }: Pick<WholeHistory, 'events' | 'children'>,
): ReadonlyMap<string, readonly HistoryEvent[]> {
  const byState = new Map(
    steps.flatMap((step) =>
      [step.state, step.lineState ?? [], step.askState ?? []].flat().map((state) => [state, step]),
    ),
  );
  const found = new Map<string, HistoryEvent[]>();
  for (const { event, state, child } of placeEvents(steps, events, children)) {
    // A child that is redriven is so with the execution.
    if (child !== undefined && event.type === 'ExecutionRedriven') continue;
    if (/^Execution(Failed|Aborted|TimedOut|Redriven)$/.test(event.type)) {
      for (const own of found.values()) own.push(event);
      continue;
    }
    const step = state === undefined ? undefined : byState.get(state.name);
    if (step === undefined || state === undefined) continue;
    const path = pathOf(step, state.indices);
    const known = found.get(path);
    if (known === undefined) found.set(path, [event]);
    else known.push(event);
  }
  return found;
}

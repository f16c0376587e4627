import type { RecordedEvent } from './recorded-case.ts';

const PARALLEL_ENDS = ['ParallelStateSucceeded', 'ParallelStateFailed'];

/** An event as a text: its type, and the name of its state. */
export function eventText({ type, name }: RecordedEvent): string {
  return name === null ? type : `${type} ${name}`;
}

/**
 * The events of a recorded and of a reproduced run, as far as they can be held against each other. Branches of a Parallel run side by
 * side, so that the order of what happens in one says nothing: it is sorted. Recordings that were sorted that way left out how the
 * Parallel ended; then that is left out of both.
 */
export function comparableEvents(
  recorded: readonly RecordedEvent[],
  reproduced: readonly RecordedEvent[],
): { readonly expected: readonly string[]; readonly actual: readonly string[] } {
  const runs = recorded.some(({ type }) => type === 'ParallelStateStarted');
  const tellsEnds = !runs || recorded.some(({ type }) => PARALLEL_ENDS.includes(type));
  const kept = (events: readonly RecordedEvent[]): readonly RecordedEvent[] =>
    tellsEnds ? events : events.filter(({ type }) => !PARALLEL_ENDS.includes(type));
  return { expected: sortParallels(kept(recorded)), actual: sortParallels(kept(reproduced)) };
}

/** The texts of events; those within an outermost Parallel sorted. */
function sortParallels(events: readonly RecordedEvent[]): string[] {
  const texts: string[] = [];
  let within: string[] = [];
  let depth = 0;
  for (const event of events) {
    if (event.type === 'ParallelStateExited') depth--;
    if (depth <= 0 && within.length > 0) {
      texts.push(...within.toSorted());
      within = [];
    }
    (depth > 0 ? within : texts).push(eventText(event));
    if (event.type === 'ParallelStateEntered') depth++;
  }
  return [...texts, ...within.toSorted()];
}

import type { HistoryEvent } from '#engine/history.ts';

/** What a history counts of the states of its machine. */
export interface CountedStates {
  /** As Step Functions bills them: states entered, and what was tried again. */
  readonly transitions: number;
  /** How often a state has called its handler, tries counted in, by its name. */
  readonly calls: ReadonlyMap<string, number>;
}

const CALLED = /^(Task|LambdaFunction)Scheduled$/;

/** Counts states and their calls: each event follows on another of its state, or on that of the state before. */
export function countStates(events: readonly HistoryEvent[]): CountedStates {
  const stateOf = new Map<number, string>();
  const calls = new Map<string, number>();
  const called = new Set<number>();
  let transitions = 0;
  const entries = new Map<number, number>();
  for (const { id, previousEventId, type, details } of events) {
    const isEntry = type.endsWith('StateEntered');
    const name = isEntry ? String(details['name']) : stateOf.get(previousEventId);
    const entry = isEntry ? id : entries.get(previousEventId);
    if (isEntry) transitions++;
    if (name === undefined || entry === undefined) continue;
    stateOf.set(id, name);
    entries.set(id, entry);
    if (!CALLED.test(type)) continue;
    calls.set(name, (calls.get(name) ?? 0) + 1);
    // The first call of a task is that of its entry.
    if (called.has(entry)) transitions++;
    called.add(entry);
  }
  return { transitions, calls };
}

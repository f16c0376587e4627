import type { Json } from '#core/json.ts';
import type { HistoryEvent } from '#engine/history.ts';
import { comparableEvents } from './comparable-events.ts';
import { compareDetails } from './compare-details.ts';
import type { Outcome } from './fields/field-row.ts';
import { valueDifferences } from './placeholders.ts';
import type { RecordedCase, RecordedEvent } from './recorded-case.ts';
import type { ReproducedRun, Reproduction } from './reproduce.ts';

/** One way in which a reproduction differs from what was recorded. */
export interface Difference {
  /** Such as `status`, `$.output.items[2]`, or `events[4]`; `definition` when it was refused, `run` when it broke. */
  readonly field: string;
  readonly expected: Json | undefined;
  readonly actual: Json | undefined;
  /** What else there is to know. */
  readonly note?: string;
}

/** How much of a run is compared: `events` the types and names of its history, `details` also what its events hold. */
export type Depth = 'events' | 'details';

/** Where a reproduction differs from what was recorded; nothing where it is the same. */
export function compareRun(
  recorded: RecordedCase,
  reproduction: Reproduction,
  depth: Depth = 'events',
): Difference[] {
  if (reproduction.kind === 'broken')
    return [{ field: 'run', expected: recorded.status, actual: reproduction.reason }];
  if (reproduction.kind === 'refused') return compareRefusal(recorded, reproduction.reason, depth);
  const { run } = reproduction;
  if (recorded.status === 'REFUSED')
    return [{ field: 'definition', expected: recorded.cause, actual: 'taken, and run' }];
  return [
    ...compareFields(recorded, run),
    ...(recorded.events === undefined
      ? []
      : compareEvents(recorded.events, run.history.map(toRecordedEvent))),
    ...(depth === 'details' ? compareDetails(recorded, run) : []),
  ];
}

/** A refusal is the same when it was recorded as one; its words count in depth. */
function compareRefusal({ status, cause }: RecordedCase, reason: string, depth: Depth): Difference[] {
  if (status !== 'REFUSED') return [{ field: 'definition', expected: status, actual: reason }];
  if (depth === 'events') return [];
  return [...valueDifferences(cause, reason)].map((values) => ({ ...values, field: 'cause' }));
}

function* compareFields(recorded: RecordedCase, run: ReproducedRun): Generator<Difference> {
  for (const field of ['status', 'error', 'cause', 'output'] as const)
    for (const { path, ...values } of valueDifferences(recorded[field], run[field]))
      yield { field: `${field}${path.slice(1)}`, ...values };
}

/** Where the end of a run differs from what was expected; fields that are not expected may be anything. */
export function outcomeDifferences(expected: Outcome, reproduction: Reproduction): Difference[] {
  if (reproduction.kind !== 'ended') {
    const isExpected = reproduction.kind === 'refused' && 'refused' in expected;
    return isExpected
      ? []
      : [{ field: reproduction.kind, expected: { ...expected }, actual: reproduction.reason }];
  }
  const { history: _history, ...end } = reproduction.run;
  if ('refused' in expected) return [{ field: 'definition', expected: 'refused', actual: end }];
  const { output, error, cause } = end;
  const actual = {
    ...('output' in expected ? { output } : { error }),
    ...('cause' in expected ? { cause } : {}),
  };
  return [...valueDifferences({ ...expected }, actual)].map(({ path, ...values }) => ({
    field: path.slice(2),
    ...values,
  }));
}

/** The type of an event, and the name of the state that it tells of. */
function toRecordedEvent({ type, details }: HistoryEvent): RecordedEvent {
  const { name } = details;
  return { type, name: typeof name === 'string' ? name : null };
}

/** The first event that is not the one that was recorded; the rest follows from it. */
function compareEvents(
  recorded: readonly RecordedEvent[],
  reproduced: readonly RecordedEvent[],
): Difference[] {
  const { expected, actual } = comparableEvents(recorded, reproduced);
  for (let at = 0; at < Math.max(expected.length, actual.length); at++) {
    const [wanted = 'no event', got = 'no event'] = [expected[at], actual[at]];
    if (wanted === got) continue;
    const isReordered = expected.toSorted().join('\n') === actual.toSorted().join('\n');
    const note = isReordered ? { note: 'the same events in another order' } : {};
    return [{ field: `events[${at}]`, expected: wanted, actual: got, ...note }];
  }
  return [];
}

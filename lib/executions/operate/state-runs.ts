import type { CompiledStep } from '#compiler/compiled-workflow.ts';
import { placeEvents, type StateRun } from '../history-walk.ts';
import type { WholeHistory } from '../read-history.ts';

/** One run of a state as the history has it. */
export interface RecordedRun {
  readonly run: StateRun;
  /** Id of the event by which it was entered. */
  readonly enteredId: number;
  /** Id of the event by which its last try started; undefined for one that holds no others. */
  startedId: number | undefined;
  /** When that was, and when its last event was, which is its exit where it was left. Ms since the Unix epoch. */
  readonly enteredAt: number;
  lastAt: number;
  /** Such as `Task`. */
  readonly type: string;
  /** Whether it was left; by a catcher, where what it did last is a failure. */
  left: 'no' | 'well' | 'caught';
  lastEvent: string;
  /** What its last task was called with, as JSON text. */
  parameters: string | undefined;
}

const FAILURE = /(Failed|TimedOut)$/;

/** The runs of states that a history tells of, in the order in which they were entered; those of children with their Map Run. */
export function recordedRuns(
  steps: readonly CompiledStep[],
  { events, children }: Pick<WholeHistory, 'events' | 'children'>,
): RecordedRun[] {
  const runs = new Map<StateRun, RecordedRun>();
  for (const { event, state } of placeEvents(steps, events, children)) {
    if (state === undefined) continue;
    const { type, id, details, timestamp } = event;
    const known = runs.get(state);
    if (type.endsWith('StateEntered')) {
      const kind = type.replace('StateEntered', '');
      runs.set(state, {
        ...{
          run: state,
          enteredId: id,
          startedId: undefined,
          enteredAt: timestamp,
          lastAt: timestamp,
          type: kind,
          left: 'no',
          lastEvent: type,
          parameters: undefined,
        },
      });
    }
    if (known === undefined) continue;
    known.lastAt = timestamp;
    if (/^(Parallel|Map)StateStarted$/.test(type)) known.startedId = id;
    if (type.endsWith('StateExited')) known.left = FAILURE.test(known.lastEvent) ? 'caught' : 'well';
    else {
      known.lastEvent = type;
      if (type === 'TaskScheduled') known.parameters = String(details['parameters']);
    }
  }
  return [...runs.values()];
}

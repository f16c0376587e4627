import { setImmediate, setTimeout } from 'node:timers/promises';
import { type Clock, systemClock } from '#core/clock.ts';
import type { Json, JsonObject } from '#core/json.ts';
import { EmbeddedEngine } from '#engine/embedded/engine.ts';
import type { MockedStates } from '#engine/embedded/mocks.ts';
import type { EngineFunction, ServiceOptions } from '#engine/embedded/task-services.ts';
import type { ExecutionDescription, ExecutionRef } from '#engine/engine.ts';
import type { HistoryEvent } from '#engine/history.ts';
import { Database } from '#storage/database.ts';
import { SkippingClock } from './skipping-clock.ts';

/** A state machine to run once, as it is. */
export interface MachineRun {
  /** Name of the machine, as its context object tells. */
  readonly name: string;
  readonly definition: JsonObject;
  readonly input: Json;
  readonly mocks: MockedStates;
  /** Functions that tasks which are not mocked may call, by the token that names them; none without it. */
  readonly functions?: Readonly<Record<string, EngineFunction>>;
  /** What tasks which are not mocked may use besides; each that is missing fails the tasks that ask for it. */
  readonly services?: ServiceOptions;
  /** `virtual`: waits cost nothing. */
  readonly time: 'real' | 'virtual';
  /** Told of each event as it happens. */
  onEvent(event: HistoryEvent): void;
}

/** How a run of a machine ended. */
export interface MachineEnd {
  readonly description: ExecutionDescription;
  readonly history: readonly HistoryEvent[];
}

/** A run that goes on. */
export interface RunningMachine {
  /** The run's own time. */
  readonly clock: Clock;
  readonly ended: Promise<MachineEnd>;
  /** Gives the run up, and what it holds. */
  close(): void;
}

/** Starts a machine on an engine of its own that keeps nothing. Throws SW4011 for a definition that is not valid. */
export async function startMachine(run: MachineRun): Promise<RunningMachine> {
  const clock = run.time === 'virtual' ? new SkippingClock(systemClock) : systemClock;
  const database = new Database(':memory:');
  const activity = new Activity();
  const engine = new EmbeddedEngine({
    ...{ ...run.services, database, clock, functions: run.functions ?? {}, mocks: run.mocks },
    onEvents: ({ machine }, events) => {
      for (const event of events) {
        activity.note(event);
        // Children of a distributed Map have histories, and numbers of events, of their own.
        if (machine === run.name) run.onEvent(event);
      }
    },
  });
  const close = (): void => {
    activity.end();
    engine.close();
    database.close();
  };
  try {
    await engine.deploy({ name: run.name, definition: run.definition });
    const ref = { machine: run.name, name: 'run' };
    await engine.start(ref, run.input);
    if (clock instanceof SkippingClock) void skipWaits(clock, activity);
    return { clock, ended: engine.whenEnded(ref).then((end) => withHistory(engine, ref, end)), close };
  } catch (error) {
    close();
    throw error;
  }
}

async function withHistory(
  engine: EmbeddedEngine,
  ref: ExecutionRef,
  description: ExecutionDescription,
): Promise<MachineEnd> {
  const history: HistoryEvent[] = [];
  for (let page = await engine.history(ref, 0); page.length > 0; ) {
    history.push(...page);
    page = await engine.history(ref, history.length);
  }
  return { description, history };
}

/** Turns of the event loop without news after which only time brings any. */
const QUIET_TURNS = 30;

/**
 * Jumps over time whenever nothing but time goes on, until the run is over. A little real time goes by before: digests are made
 * in threads of their own.
 */
async function skipWaits(clock: SkippingClock, activity: Activity): Promise<void> {
  for (let turns = 0, seen = 0; !activity.isOver; turns++) {
    await (turns < QUIET_TURNS ? setImmediate() : setTimeout(1));
    if (activity.count !== seen) [turns, seen] = [0, activity.count];
    if (activity.callsServices) await activity.news();
    else if (turns > QUIET_TURNS && !clock.skipToNext()) await activity.news();
  }
}

const CALL_ENDS =
  /^(?:Task|LambdaFunction|Activity)(?:Succeeded|Failed|TimedOut|StartFailed|ScheduleFailed|SubmitFailed)$/;

/** What goes on in a run, by its events. */
class Activity {
  #count = 0;
  #calls = 0;
  #isOver = false;
  #tell: () => void = () => {};

  note({ type }: HistoryEvent): void {
    this.#count++;
    if (type.endsWith('Scheduled')) this.#calls++;
    if (CALL_ENDS.test(type)) this.#calls--;
    if (/^Execution(?:Succeeded|Failed|Aborted|TimedOut)$/.test(type)) this.#isOver = true;
    this.#tell();
  }

  /** How many events there were. */
  get count(): number {
    return this.#count;
  }

  /** Whether a service is being called, which takes real time. */
  get callsServices(): boolean {
    return this.#calls > 0;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  end(): void {
    this.#isOver = true;
    this.#tell();
  }

  /** Resolves with the next event. */
  news(): Promise<void> {
    return new Promise((resolve) => {
      this.#tell = resolve;
    });
  }
}

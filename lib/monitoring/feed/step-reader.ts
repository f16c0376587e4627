import type { Clock, Timer } from '#core/clock.ts';
import { StepwrightError } from '#core/error.ts';
import { describeExecution, type ExecutionView } from '#executions/describe.ts';
import type { ExecutionPorts } from '#executions/ports.ts';
import type { MonitoringEvent } from '../events/event.ts';
import { LAST_WORDS, lastEventsOf } from '../events/step-events.ts';
import type { EventLog } from './event-log.ts';
import type { EventRecorder } from './recorder.ts';

/** What the reader works with. */
export interface StepReaderOptions {
  readonly log: EventLog;
  readonly recorder: EventRecorder;
  readonly ports: Pick<ExecutionPorts, 'table' | 'engine'>;
  readonly clock: Clock;
  /** Told of each execution that has ended, as it is described; told again after a crash. */
  readonly onDescribed?: ((view: ExecutionView) => Promise<void>) | undefined;
  /**
   * How long to rest on, in ms, after so many ms of work and of rest, with so many events to look at: executions that run come first.
   * It is asked again then, until it says 0.
   */
  restAfter(worked: {
    readonly workedMs: number;
    readonly restedMs: number;
    readonly behind: number;
  }): number;
  onDefect(error: unknown): void;
}

const READER = 'steps';
const EVENTS_AT_ONCE = 200;
const EXECUTIONS_AT_ONCE = 5;
/** So many positions without news are read before that is noted. */
const POSITIONS_UNNOTED = 1_000;

/**
 * Tells how the steps of executions went that have ended: reads the log for their ends, folds their histories, and writes the
 * events of their steps. How far it has come is written with them: after a crash it goes on there, and tells of the last
 * executions again, by the same ids. It rests between its rounds, the longer the more there is to do: what has
 * piled up is told when there is less.
 */
export class StepReader {
  readonly #options: StepReaderOptions;
  #position: number;
  #noted: number;
  #state: 'waiting' | 'reading' | 'resting' | 'closed' = 'waiting';
  #rest: Timer | undefined;

  constructor(options: StepReaderOptions) {
    this.#options = options;
    this.#position = options.log.readerPosition(READER) ?? options.log.last;
    this.#noted = this.#position;
  }

  /** How many events it has not looked at. */
  get behind(): number {
    return this.#options.log.last - this.#position;
  }

  /** Reads on from where it is, unless it is at it. */
  wake(): void {
    if (this.#state !== 'waiting' || this.#position >= this.#options.log.last) return;
    this.#state = 'reading';
    const { clock, onDefect } = this.#options;
    const since = clock.now();
    void this.#readOn()
      .catch(onDefect)
      .finally(() => this.#restAfter(clock.now() - since, clock.now()));
  }

  /** Reads no more. */
  close(): void {
    this.#state = 'closed';
    this.#rest?.cancel();
  }

  #restAfter(workedMs: number, since: number): void {
    if (this.#state === 'closed') return;
    const { clock, restAfter } = this.#options;
    this.#state = 'resting';
    const ms = restAfter({ workedMs, restedMs: clock.now() - since, behind: this.behind });
    if (ms > 0) this.#rest = clock.setTimer(clock.now() + ms, () => this.#restAfter(workedMs, since));
    else setImmediate(() => this.#goOn());
  }

  #goOn(): void {
    if (this.#state !== 'resting') return;
    this.#state = 'waiting';
    this.wake();
  }

  async #readOn(): Promise<void> {
    const { log } = this.#options;
    const filter = { kinds: [...LAST_WORDS] };
    const page = log.entriesAfter(this.#position, { filter, limit: EXECUTIONS_AT_ONCE });
    const events: MonitoringEvent[] = [];
    for (const { event } of page.entries) events.push(...(await this.#stepsOf(event)));
    if (events.length > 0 || page.position - this.#noted > POSITIONS_UNNOTED)
      await this.#record(events, page.position);
    this.#position = page.position;
  }

  /** How far it has come is written with the last of the events. */
  async #record(events: readonly MonitoringEvent[], position: number): Promise<void> {
    const { recorder } = this.#options;
    let at = 0;
    for (; events.length - at > EVENTS_AT_ONCE; at += EVENTS_AT_ONCE)
      await recorder.record(events.slice(at, at + EVENTS_AT_ONCE));
    await recorder.record(events.slice(at), { name: READER, position });
    this.#noted = position;
  }

  /** None of an execution that retention has deleted meanwhile, or whose history cannot be read. */
  async #stepsOf({ execution, at }: MonitoringEvent): Promise<readonly MonitoringEvent[]> {
    if (execution === undefined || this.#state === 'closed') return [];
    try {
      const { ports, onDescribed } = this.#options;
      const view = await describeExecution(ports, execution, { withTaken: true });
      await onDescribed?.(view);
      return lastEventsOf(view, Date.parse(at));
    } catch (error) {
      if (!(error instanceof StepwrightError && error.kind === 'not-found')) this.#options.onDefect(error);
      return [];
    }
  }
}

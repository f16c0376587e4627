import type { HistoryEvent } from '#engine/history.ts';
import type { ExecutionProgress, StepProgress } from '../progress.ts';

type Path = readonly string[];

/** Folds the events of a run into the progress of its states: where each is in the machine, how it stands, how often it was tried. */
export class EventProgress {
  readonly #title: string;
  readonly #places = new Map<number, Path>();
  readonly #steps = new Map<string, StepProgress>();
  readonly #calls = new Map<string, number>();
  #startedAt = 0;
  #status = 'RUNNING';

  constructor(title: string) {
    this.#title = title;
  }

  /** Takes the next event. */
  add(event: HistoryEvent): void {
    const { id, type, timestamp, details } = event;
    const place = this.#placeOf(event);
    this.#places.set(id, type.endsWith('StateExited') ? place.slice(0, -1) : place);
    if (type === 'ExecutionStarted') this.#startedAt = timestamp;
    if (type.endsWith('StateEntered')) this.#set(place, { status: 'RUNNING', startedAt: timestamp });
    if (type.endsWith('Scheduled')) this.#set(place, { attempts: this.#count(place) });
    if (/(?:Failed|TimedOut)$/.test(type) && typeof details['error'] === 'string')
      this.#set(place, { error: details['error'] });
    if (type.endsWith('StateExited')) this.#succeed(place, timestamp);
    const end = END[type];
    if (end !== undefined) this.#end(end, timestamp);
  }

  /** How the run stands. */
  get progress(): ExecutionProgress {
    const steps = [...this.#steps.values()];
    const done = steps.filter(({ status }) => status !== 'RUNNING').length;
    const [title, status, startedAt] = [this.#title, this.#status, this.#startedAt];
    return { title, status, startedAt, done, total: steps.length, steps };
  }

  /** The state that an event belongs to, with the states around it. */
  #placeOf({ type, previousEventId, details }: HistoryEvent): Path {
    const before = this.#places.get(previousEventId) ?? [];
    const name = String(details['name'] ?? '');
    if (type.endsWith('StateEntered')) return [...before, name];
    if (type === 'MapIterationStarted')
      return [...this.#upTo(before, name).slice(0, -1), `${name}[${details['index']}]`];
    return type.endsWith('StateExited') ? this.#upTo(before, name) : before;
  }

  #upTo(path: Path, name: string): Path {
    const at = path.findLastIndex((part) => part === name || part.replace(/\[\d+\]$/, '') === name);
    return at < 0 ? [...path, name] : [...path.slice(0, at), name];
  }

  #of(place: Path): StepProgress {
    const path = place.join('.');
    return this.#steps.get(path) ?? { path, status: 'RUNNING', attempts: 1 };
  }

  #count(place: Path): number {
    const path = place.join('.');
    const calls = (this.#calls.get(path) ?? 0) + 1;
    this.#calls.set(path, calls);
    return calls;
  }

  /** What went wrong on the way is over when the state has been left. */
  #succeed(place: Path, endedAt: number): void {
    const { error: _error, ...step } = this.#of(place);
    this.#steps.set(step.path, { ...step, status: 'SUCCEEDED', endedAt });
  }

  #set(place: Path, change: Partial<StepProgress>): void {
    if (place.length > 0) this.#steps.set(place.join('.'), { ...this.#of(place), ...change });
  }

  #end(status: string, endedAt: number): void {
    this.#status = status;
    for (const [path, step] of this.#steps)
      if (step.status === 'RUNNING') this.#steps.set(path, { ...step, status, endedAt });
  }
}

const END: Readonly<Record<string, string>> = {
  ExecutionSucceeded: 'SUCCEEDED',
  ExecutionFailed: 'FAILED',
  ExecutionAborted: 'ABORTED',
  ExecutionTimedOut: 'TIMED_OUT',
};

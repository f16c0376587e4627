import type { ActivityTask, ActivityTasks } from '#engine/embedded/activity-tasks.ts';
import { ApiFault } from '../faults.ts';

/** What a worker is given. */
export interface TakenTask {
  readonly taskToken: string;
  readonly input: string;
}

/** A worker that waits for a task. */
export interface Poll {
  readonly workerName: string | undefined;
  /** Aborted when the worker waits no more. */
  readonly signal: AbortSignal;
}

/** Workers that may poll one activity at once (Step Functions, "Quotas"). */
const MOST_POLLS = 1_000;

interface Line {
  /** In the order in which they were offered. */
  readonly tasks: Set<ActivityTask>;
  /** In the order in which they came; each tells whether it still waits, and takes the task then. */
  readonly polls: Set<(task: ActivityTask) => void>;
}

/** Hands each task of an activity to one of the workers that poll for it, in the order in which they came. */
export class ActivityQueue implements ActivityTasks {
  readonly #isKnown: (activity: string) => boolean;
  readonly #lines = new Map<string, Line>();

  /** `isKnown` tells whether there is an activity of a name. */
  constructor(isKnown: (activity: string) => boolean) {
    this.#isKnown = isKnown;
  }

  has(activity: string): boolean {
    return this.#isKnown(activity);
  }

  offer(activity: string, task: ActivityTask): () => void {
    const line = this.#line(activity);
    const [poll] = line.polls;
    if (poll === undefined) line.tasks.add(task);
    else poll(task);
    return () => {
      this.#lines.get(activity)?.tasks.delete(task);
      this.#tidy(activity);
    };
  }

  /** Waits for a task; undefined when the signal came first. Throws ActivityWorkerLimitExceeded. */
  async poll(activity: string, { workerName, signal }: Poll): Promise<TakenTask | undefined> {
    while (!signal.aborted) {
      const line = this.#line(activity);
      if (line.polls.size >= MOST_POLLS) throw tooManyPolls(activity);
      const task = await next(line, signal);
      this.#tidy(activity);
      if (task === undefined) return undefined;
      if (signal.aborted) this.offer(activity, task);
      else if (await task.started(workerName)) return { taskToken: task.taskToken, input: task.input };
    }
    return undefined;
  }

  /** How many workers wait for a task of an activity. */
  waiting(activity: string): number {
    return this.#lines.get(activity)?.polls.size ?? 0;
  }

  #line(activity: string): Line {
    const known = this.#lines.get(activity);
    if (known !== undefined) return known;
    const line: Line = { tasks: new Set(), polls: new Set() };
    this.#lines.set(activity, line);
    return line;
  }

  /** Lines that nobody waits in are not kept. */
  #tidy(activity: string): void {
    const line = this.#lines.get(activity);
    if (line?.tasks.size === 0 && line.polls.size === 0) this.#lines.delete(activity);
  }
}

function tooManyPolls(activity: string): ApiFault {
  return new ApiFault(
    'ActivityWorkerLimitExceeded',
    `The activity '${activity}' is polled by too many workers`,
  );
}

/** The first task of a line, now or when there is one. */
function next({ tasks, polls }: Line, signal: AbortSignal): Promise<ActivityTask | undefined> {
  const [waiting] = tasks;
  if (signal.aborted) return Promise.resolve(undefined);
  if (waiting !== undefined) {
    tasks.delete(waiting);
    return Promise.resolve(waiting);
  }
  return new Promise((resolve) => {
    const giveUp = (): void => {
      polls.delete(take);
      resolve(undefined);
    };
    const take = (task: ActivityTask): void => {
      polls.delete(take);
      signal.removeEventListener('abort', giveUp);
      resolve(task);
    };
    polls.add(take);
    signal.addEventListener('abort', giveUp, { once: true });
  });
}

/** A task that waits for a worker of an activity. */
export interface ActivityTask {
  readonly taskToken: string;
  /** JSON text. */
  readonly input: string;
  /** Journals that a worker has taken it; resolves when that is durable, with false when the task has ended meanwhile. */
  started(workerName: string | undefined): Promise<boolean>;
}

/**
 * Where tasks of activities wait for the workers that poll. What waits is in memory alone: the journal is the one record,
 * and after a crash each task that no worker has started is offered again.
 */
export interface ActivityTasks {
  /** Whether there is an activity of this name. */
  has(activity: string): boolean;
  /** Offers a task to one worker. The returned function takes it back, when it has timed out or nobody wants it any more. */
  offer(activity: string, task: ActivityTask): () => void;
}

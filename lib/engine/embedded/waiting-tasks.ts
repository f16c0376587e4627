import type { TaskAnswer } from '../engine.ts';
import type { TaskOutcome, WaitingTask } from './states/task-runner.ts';

interface Expected {
  readonly registered: Promise<void>;
  settle(): void;
}

/** The tasks that wait for an answer to their token; also those of which only the journal knows yet, after a crash. */
export class WaitingTasks {
  readonly #waiting = new Map<string, WaitingTask>();
  readonly #expected = new Map<string, Expected>();

  /** Lets a task be found by its token, until the returned function is called. */
  register(token: string, task: WaitingTask): () => void {
    this.#waiting.set(token, task);
    this.forget([token]);
    return () => this.#waiting.delete(token);
  }

  /** Keeps answers to these tokens back until their tasks are registered, or forgotten. */
  expect(tokens: readonly string[]): void {
    for (const token of tokens) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#expected.set(token, { registered: promise, settle: resolve });
    }
  }

  /** Expects tasks no longer: they come no more, or are there. */
  forget(tokens: readonly string[]): void {
    for (const token of tokens) {
      this.#expected.get(token)?.settle();
      this.#expected.delete(token);
    }
  }

  /** Answers a task. */
  async answer(token: string, outcome: TaskOutcome): Promise<TaskAnswer> {
    await this.#expected.get(token)?.registered;
    return (await this.#waiting.get(token)?.answer(outcome)) ?? 'gone';
  }

  /** Puts the end of a task's heartbeat off. */
  async heartbeat(token: string): Promise<TaskAnswer> {
    await this.#expected.get(token)?.registered;
    const task = this.#waiting.get(token);
    task?.heartbeat();
    return task === undefined ? 'gone' : 'accepted';
  }
}

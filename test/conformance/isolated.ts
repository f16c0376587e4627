import { Worker } from 'node:worker_threads';
import type { Reproduction, RunnableCase } from './reproduce.ts';

/**
 * Reproduces cases in a thread of their own, so that one that hangs or crashes ends that thread, and no more. Close it
 * when done.
 */
export class IsolatedReproducer implements Disposable {
  readonly #limitMs: number;
  #worker: Worker | undefined;
  #settle: (reproduction: Reproduction) => void = () => {};

  /** @param limitMs how long one case may take, in ms of real time. */
  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  /** Reproduces a case; `broken` when it takes too long, or ends the thread. One at a time. */
  async reproduce({ definition, input, mocks, objects }: RunnableCase): Promise<Reproduction> {
    this.#worker ??= this.#startWorker();
    const { promise, resolve } = Promise.withResolvers<Reproduction>();
    this.#settle = resolve;
    const timer = setTimeout(() => this.#fail(`no end within ${this.#limitMs} ms`), this.#limitMs);
    const work: RunnableCase = { definition, input, mocks, objects };
    this.#worker.postMessage(work);
    const reproduction = await promise;
    clearTimeout(timer);
    return reproduction;
  }

  #startWorker(): Worker {
    const worker = new Worker(new URL('./worker.ts', import.meta.url));
    worker.on('message', (reproduction: Reproduction) => this.#settle(reproduction));
    worker.on('error', (error) => this.#fail(`the thread broke: ${String(error)}`));
    return worker;
  }

  #fail(reason: string): void {
    this[Symbol.dispose]();
    this.#settle({ kind: 'broken', reason });
  }

  [Symbol.dispose](): void {
    void this.#worker?.terminate();
    this.#worker = undefined;
  }
}

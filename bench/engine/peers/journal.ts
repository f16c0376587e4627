import { closeSync, fdatasync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BRANCHES, branchWork, increment, type Peer } from '../peer.ts';

/**
 * The floor of what is durable: each transition is a line appended to one file, and its effect waits for `fdatasync`;
 * lines that come while one is under way share the next. No engine does with less.
 */
export async function start(folder: string): Promise<Peer> {
  const journal = new Journal(openSync(join(folder, 'journal'), 'a'));
  let started = 0;
  return {
    describe: 'a line appended for each transition, group commit, fdatasync; no engine',
    chain: async (steps) => {
      const id = started++;
      let n = 0;
      await journal.append({ id, type: 'start', n });
      for (let step = 0; step < steps; step++) {
        ({ n } = await increment(n));
        await journal.append({ id, type: 'step', step, n });
      }
      await journal.append({ id, type: 'end', n });
      return n;
    },
    branches: async () => {
      const id = started++;
      const branch = async (_: unknown, at: number): Promise<void> =>
        journal.append({ id, type: 'step', step: at, n: await branchWork() });
      return (await Promise.all(Array.from({ length: BRANCHES }, branch))).length;
    },
    stop: async () => journal.close(),
  };
}

const sync = promisify(fdatasync);

/** A file of lines with group commit. */
class Journal {
  readonly #file: number;
  #waiting: { readonly line: string; resolve(): void; reject(error: unknown): void }[] = [];
  #isFlushing = false;

  constructor(file: number) {
    this.#file = file;
  }

  append(record: object): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ line: `${JSON.stringify(record)}\n`, resolve, reject });
      if (this.#isFlushing) return;
      this.#isFlushing = true;
      setImmediate(() => void this.#flush());
    });
  }

  close(): void {
    closeSync(this.#file);
  }

  async #flush(): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#waiting;
      this.#waiting = [];
      try {
        writeSync(this.#file, group.map(({ line }) => line).join(''));
        await sync(this.#file);
        for (const { resolve } of group) resolve();
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    this.#isFlushing = false;
  }
}

/** Lets those who wait for something about a subject look again whenever that may have come about. */
export class Bulletin {
  readonly #waiters = new Map<string, Set<() => Promise<void>>>();

  /** Says that something may have changed about a subject: an execution, or the topic of a device. */
  post(subject: string): void {
    for (const look of this.#waiters.get(subject) ?? []) void look();
  }

  /** Resolves with what `find` gives, now or after some {@link Bulletin.post}; `undefined` goes on waiting. */
  when<Found>(subject: string, find: () => Promise<Found | undefined>): Promise<Found> {
    const waiters = this.#waiters.get(subject) ?? new Set();
    this.#waiters.set(subject, waiters);
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        waiters.delete(look);
        if (waiters.size === 0 && this.#waiters.get(subject) === waiters) this.#waiters.delete(subject);
      };
      const look = async (): Promise<void> => {
        try {
          const found = await find();
          if (found === undefined) return;
          leave();
          resolve(found);
        } catch (error) {
          leave();
          reject(error);
        }
      };
      waiters.add(look);
      void look();
    });
  }
}

/** Lets waiters look again whenever something may have changed. */
export class Bulletin {
  readonly #waiters = new Set<() => Promise<void>>();

  /** Says that something may have changed. */
  post(): void {
    for (const look of this.#waiters) void look();
  }

  /** Resolves with what `find` gives, now or after some {@link Bulletin.post}; `undefined` goes on waiting. */
  when<Found>(find: () => Promise<Found | undefined>): Promise<Found> {
    return new Promise((resolve, reject) => {
      const look = async (): Promise<void> => {
        try {
          const found = await find();
          if (found === undefined) return;
          this.#waiters.delete(look);
          resolve(found);
        } catch (error) {
          this.#waiters.delete(look);
          reject(error);
        }
      };
      this.#waiters.add(look);
      void look();
    });
  }
}

import type { Json } from '#core/json.ts';
import type { JournalEvent } from '#engine/embedded/journal-store.ts';

const BLOCK_STARTED = /^(?:Parallel|Map)StateStarted$/;

/**
 * What does not hold of the order of steps in a journal: each state is given what the one before it gave, none runs again that
 * was left (no machine here leads back), and a redrive goes on in a Parallel or Map that it finds begun. In words, or undefined.
 */
export function wrongStep(journal: readonly JournalEvent[]): string | undefined {
  const order = new StepOrder();
  for (const event of journal) {
    const wrong = order.follows(event);
    if (wrong !== undefined) return `event ${event.id} ${wrong}`;
  }
  return undefined;
}

class StepOrder {
  readonly #given = new Map<string, Json | undefined>();
  readonly #left = new Set<string>();
  /** The start of the block that is open in a thread. */
  readonly #blocks = new Map<string, number>();
  /** Blocks with a Fail state, which fails again without a further event. */
  readonly #failing = new Set<string>();
  /** Threads and blocks that have gone on since the last redrive; undefined: there was none. */
  #touched: Set<string> | undefined;

  follows(event: JournalEvent): string | undefined {
    const { type, thread } = event;
    if (type === 'ExecutionRedriven') {
      this.#touched = new Set();
      return undefined;
    }
    const wrong = this.#check(event);
    for (const each of lineage(thread)) {
      this.#touched?.add(each);
      if (type === 'FailStateEntered') this.#failing.add(each);
    }
    return wrong;
  }

  #check(event: JournalEvent): string | undefined {
    const { type, thread, details, id } = event;
    if (type.endsWith('StateEntered')) return this.#entered(event);
    if (BLOCK_STARTED.test(type)) return this.#blockStarted(thread, id);
    if (!type.endsWith('StateExited')) return undefined;
    this.#given.set(thread, details['output']);
    this.#left.add(stepOf(event));
    this.#blocks.delete(thread);
    return undefined;
  }

  #entered(event: JournalEvent): string | undefined {
    const { thread, details } = event;
    this.#blocks.delete(thread);
    const before = this.#given.get(thread);
    if (before !== undefined && before !== details['input']) return 'enters with other input than was given';
    return this.#left.has(stepOf(event)) ? 'enters a state that was left before' : undefined;
  }

  #blockStarted(thread: string, id: number): string | undefined {
    const begun = this.#blocks.get(thread);
    this.#blocks.set(thread, id);
    if (begun === undefined || this.#touched === undefined) return undefined;
    const block = `${thread}/${begun}`;
    const goesOn = this.#touched.has(thread) || this.#touched.has(block) || this.#failing.has(block);
    return goesOn ? undefined : `begins a block anew that a redrive found begun by event ${begun}`;
  }
}

function stepOf({ thread, details }: JournalEvent): string {
  return `${thread} ${String(details['name'])}`;
}

/** A thread, and every block that it is in, `<thread>/<start event>`. */
function lineage(thread: string): string[] {
  const parts = thread.split('/');
  const blocks = parts.slice(1).map((part, index) => {
    const outer = parts.slice(0, index + 1).join('/');
    return `${outer}/${Number.parseInt(part, 10)}`;
  });
  return [thread, ...blocks];
}

import type { Terminal } from '../terminal.ts';

/** A bar that fills up on stderr; nothing where that is no terminal. */
export interface Bar {
  /** Takes how many are done. */
  update(done: number): void;
  /** Takes the bar away. */
  finish(): void;
}

const WIDTH = 30;
/** Drawing more often than this is not seen, in ms. */
const FRAME_MS = 80;

/** A bar for so many runs. `noun` says what they are, such as `runs`. */
export async function createBar(terminal: Terminal, total: number, noun: string): Promise<Bar> {
  if (!terminal.live) return { update: () => {}, finish: () => {} };
  const { createLogUpdate } = await import('log-update');
  const view = createLogUpdate(terminal.noteStream);
  const paint = terminal.notePaint;
  let drawnAt = 0;
  return {
    update: (done) => {
      const now = performance.now();
      if (now - drawnAt < FRAME_MS) return;
      drawnAt = now;
      const full = Math.round((done / total) * WIDTH);
      const bar = paint.cyan('█'.repeat(full)) + paint.dim('░'.repeat(WIDTH - full));
      view(`${bar} ${done} of ${total} ${noun}`);
    },
    finish: () => view.clear(),
  };
}

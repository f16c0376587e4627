import type { Tty, TtyListener } from '#cli/top/tty.ts';
import type { Key } from '#cli/top/ui.ts';

/** A terminal that keeps what is written to it, and on which a test types. */
export interface FakeTty extends Tty {
  readonly written: string[];
  /** The rows as a terminal would show them. */
  screen(): readonly string[];
  press(...keys: readonly (string | Key)[]): void;
  resize(columns: number, rows: number): void;
  /** Asks it to end, as SIGTERM does. */
  end(): void;
  setBusy(isBusy: boolean): void;
  readonly isListened: boolean;
}

/** A terminal of this size. */
export function fakeTty(columns = 80, rows = 24): FakeTty {
  const written: string[] = [];
  const size = { columns, rows };
  let listener: TtyListener | undefined;
  let isBusy = false;
  return {
    written,
    get columns() {
      return size.columns;
    },
    get rows() {
      return size.rows;
    },
    get isBusy() {
      return isBusy;
    },
    write: (text) => void written.push(text),
    listen: (given) => {
      listener = given;
      return () => {
        listener = undefined;
      };
    },
    screen: () => shownBy(written.join('')),
    press: (...keys) => {
      for (const key of keys)
        listener?.onKey(typeof key === 'string' ? { name: key, ctrl: false, text: key } : key);
    },
    resize: (wide, high) => {
      [size.columns, size.rows] = [wide, high];
      listener?.onResize();
    },
    end: () => listener?.onEnd(),
    setBusy: (busy) => {
      isBusy = busy;
    },
    get isListened() {
      return listener !== undefined;
    },
  };
}

const ESC = String.fromCharCode(27);
const PART = new RegExp(`${ESC}\\[(\\??[\\d;]*)([A-Za-z])|([^${ESC}]+)`, 'g');

/** What a terminal shows after this: places, erasing, and text. */
function shownBy(text: string): readonly string[] {
  const rows: string[] = [];
  let row = 0;
  for (const [, numbers = '', letter, words] of text.matchAll(PART)) {
    if (words !== undefined) rows[row] = (rows[row] ?? '') + words;
    else if (letter === 'J') rows.length = 0;
    else if (letter === 'H') {
      row = Number(numbers.split(';')[0]) - 1;
      rows[row] = '';
    }
  }
  return Array.from(rows, (line) => (line ?? '').trimEnd());
}

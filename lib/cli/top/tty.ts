import { emitKeypressEvents } from 'node:readline';
import type { ScreenOutput } from './screen.ts';
import type { Key } from './ui.ts';

/** A terminal with a keyboard. */
export interface Tty extends ScreenOutput {
  /** Tells of keys and of changes of its size, until the returned function is called. */
  listen(listener: TtyListener): () => void;
}

/** Who is told of what happens at a terminal. */
export interface TtyListener {
  onKey(key: Key): void;
  onResize(): void;
  /** It was asked to end, by a signal. */
  onEnd(): void;
}

/** What of a process is its terminal. */
export interface TtyProcess {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean; setRawMode?(isRaw: boolean): unknown };
  readonly stdout: TtyOutput;
  readonly env: Readonly<Record<string, string | undefined>>;
  on(signal: (typeof SIGNALS)[number], listener: () => void): unknown;
  off(signal: (typeof SIGNALS)[number], listener: () => void): unknown;
}

interface TtyOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  readonly writableLength: number;
  write(text: string): unknown;
  on(event: 'resize', listener: () => void): unknown;
  off(event: 'resize', listener: () => void): unknown;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const [DEFAULT_COLUMNS, DEFAULT_ROWS] = [80, 24];

/** The terminal of a process; undefined where there is none that can be drawn on. */
export function ttyOf(process: TtyProcess): Tty | undefined {
  const { stdin, stdout, env } = process;
  if (stdout.isTTY !== true || stdin.isTTY !== true || env['TERM'] === 'dumb') return undefined;
  return {
    get columns() {
      return stdout.columns || DEFAULT_COLUMNS;
    },
    get rows() {
      return stdout.rows || DEFAULT_ROWS;
    },
    get isBusy() {
      return stdout.writableLength > 0;
    },
    write: (text) => void stdout.write(text),
    listen: (listener) => listenTo(process, listener),
  };
}

function listenTo(process: TtyProcess, { onKey, onResize, onEnd }: TtyListener): () => void {
  const { stdin, stdout } = process;
  const take = (text: string | undefined, key: NodeKey): void => onKey(keyOf(text, key));
  emitKeypressEvents(stdin);
  stdin.setRawMode?.(true);
  stdin.resume();
  stdin.on('keypress', take);
  stdin.on('end', onEnd);
  stdout.on('resize', onResize);
  for (const signal of SIGNALS) process.on(signal, onEnd);
  return () => {
    for (const signal of SIGNALS) process.off(signal, onEnd);
    stdout.off('resize', onResize);
    stdin.off('end', onEnd);
    stdin.off('keypress', take);
    stdin.setRawMode?.(false);
    stdin.pause();
  };
}

/** A key as Node tells of it. */
export interface NodeKey {
  readonly name?: string | undefined;
  readonly sequence?: string | undefined;
  readonly ctrl?: boolean | undefined;
  readonly meta?: boolean | undefined;
  readonly shift?: boolean | undefined;
}

/** What was pressed. What types something is named by what it types, so that `g` and `G` are two keys. */
export function keyOf(
  text: string | undefined,
  { name = '', ctrl = false, meta = false, shift }: NodeKey,
): Key {
  if (name === 'tab') return { name: shift === true ? 'backtab' : 'tab', ctrl };
  if (name === 'enter') return { name: 'return', ctrl };
  const types = text !== undefined && !ctrl && !meta && !/\p{Cc}/u.test(text);
  return types ? { name: text, ctrl, text } : { name, ctrl };
}

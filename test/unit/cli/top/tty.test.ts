import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { type Tty, type TtyProcess, ttyOf } from '#cli/top/tty.ts';

/** A process at a terminal of 90 columns. */
function processAt(part: { env?: Record<string, string>; isTTY?: boolean } = {}) {
  const raw: boolean[] = [];
  const written: string[] = [];
  const isTTY = part.isTTY ?? true;
  const stdin = Object.assign(new PassThrough(), { isTTY, setRawMode: (isRaw: boolean) => raw.push(isRaw) });
  const stdout = Object.assign(new EventEmitter(), {
    ...{ isTTY: true, columns: 90, rows: 0, writableLength: 0 },
    write: (text: string) => written.push(text),
  });
  const signals = new EventEmitter();
  const process: TtyProcess = {
    ...{ stdin, stdout, env: part.env ?? {} },
    on: (signal, listener) => signals.on(signal, listener),
    off: (signal, listener) => signals.off(signal, listener),
  };
  return { process, stdin, stdout, signals, raw, written };
}

function needed(tty: Tty | undefined): Tty {
  if (tty === undefined) throw new Error('there is a terminal');
  return tty;
}

test.each([
  ['no keyboard', { isTTY: false }],
  ['a dumb terminal', { env: { TERM: 'dumb' } }],
])('%s cannot be drawn on', (_what, part) => {
  expect(ttyOf(processAt(part).process)).toBeUndefined();
});

test('a terminal tells its size, keys, changes of its size and signals, until nobody listens', async () => {
  const { process, stdin, stdout, signals, raw, written } = processAt();
  const tty = needed(ttyOf(process));
  tty.write('x');
  expect([tty.columns, tty.rows, tty.isBusy, written]).toEqual([90, 24, false, ['x']]);
  stdout.writableLength = 7;
  expect(tty.isBusy).toBe(true);
  const heard: string[] = [];
  const stop = tty.listen({
    onKey: ({ name, ctrl }) => heard.push(ctrl ? `ctrl ${name}` : name),
    onResize: () => heard.push('resize'),
    onEnd: () => heard.push('end'),
  });
  stdin.write('aG\u001b[A\u0003');
  await expect.poll(() => heard).toEqual(['a', 'G', 'up', 'ctrl c']);
  stdout.emit('resize');
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) signals.emit(signal);
  expect(heard.slice(4)).toEqual(['resize', 'end', 'end', 'end']);
  expect(raw).toEqual([true]);
  stop();
  stdout.emit('resize');
  expect([heard.length, signals.listenerCount('SIGTERM'), raw]).toEqual([8, 0, [true, false]]);
});

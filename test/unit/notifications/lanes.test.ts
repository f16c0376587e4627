import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openLanes } from '#notifications/lanes.ts';

/** Lanes whose tries end when they are told to. */
function bench() {
  const running = new Map<string, PromiseWithResolvers<void>>();
  const begun: string[] = [];
  const defects: unknown[] = [];
  const lanes = openLanes(
    async (id) => {
      begun.push(id);
      const trying = Promise.withResolvers<void>();
      running.set(id, trying);
      await trying.promise;
    },
    (error) => defects.push(error),
  );
  return { lanes, running, begun, defects };
}

const ids = (name: string, count: number) => Array.from({ length: count }, (_, at) => `${name} n${at}`);

test('a receiver that hangs holds up nobody else, and is tried a few at a time', () => {
  const { lanes, begun } = bench();
  for (const id of [...ids('dead', 10_000), ...ids('list', 2)]) lanes.take(id);
  expect(begun).toEqual([...ids('dead', 8), ...ids('list', 2)]);
});

test('what waits is tried in turn, each once, also after one has failed', async () => {
  const { lanes, running, begun, defects } = bench();
  const all = ids('list', 19);
  for (const id of [...all, ...all]) lanes.take(id);
  running.get('list n0')?.reject(new Error('no'));
  for (let turn = 0; turn < 20; turn++) {
    for (const [id, trying] of running) if (id !== 'list n0') trying.resolve();
    await setImmediate();
  }
  expect(new Set(begun).size).toBe(19);
  expect(begun.slice(0, 8)).toEqual(ids('list', 8));
  expect(defects).toEqual([new Error('no')]);
});

test('people without a receiver of their own share the mail server', () => {
  const { lanes, begun } = bench();
  for (let at = 0; at < 100; at++) lanes.take(`email:p${at}@x.org n`);
  expect(begun).toHaveLength(8);
});

test('after the end nothing is tried, and nobody hears of what was under way', async () => {
  const { lanes, running, begun, defects } = bench();
  for (const id of ids('list', 19)) lanes.take(id);
  lanes.close();
  lanes.take('other n');
  for (const trying of running.values()) trying.reject(new Error('closed'));
  for (let turn = 0; turn < 5; turn++) await setImmediate();
  expect({ begun: begun.length, defects }).toEqual({ begun: 8, defects: [] });
});

import { expect, test } from 'vitest';
import { Bulletin } from '#embedded/bulletin.ts';

test('who waits looks again when something is said of its subject, and of no other', async () => {
  const bulletin = new Bulletin();
  let [looks, found]: [number, string | undefined] = [0, undefined];
  const waiting = bulletin.when('one', async () => {
    looks++;
    return found;
  });
  bulletin.post('other');
  bulletin.post('one');
  expect(looks).toBe(2);
  found = 'it';
  bulletin.post('other');
  expect(looks).toBe(2);
  bulletin.post('one');
  expect(await waiting).toBe('it');
  bulletin.post('one');
  expect(looks).toBe(3);
});

test('what is there already is found at once, and a fault in looking is told to who waits', async () => {
  const bulletin = new Bulletin();
  expect(await bulletin.when('one', async () => 1)).toBe(1);
  await expect(bulletin.when('one', () => Promise.reject(new Error('no store')))).rejects.toThrow('no store');
  const two = [
    bulletin.when('one', async () => (isTold ? 'first' : undefined)),
    bulletin.when('one', async () => (isTold ? 'second' : undefined)),
  ];
  bulletin.post('one');
  isTold = true;
  bulletin.post('one');
  expect(await Promise.all(two)).toEqual(['first', 'second']);
});

let isTold = false;

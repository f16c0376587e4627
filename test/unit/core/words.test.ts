import fc from 'fast-check';
import { expect, test } from 'vitest';
import { systemClock } from '#core/clock.ts';
import { hasErrors, type Severity } from '#core/diagnostic.ts';
import { RuntimeError, StepwrightError } from '#core/error.ts';
import { newId } from '#core/id.ts';
import { isJsonObject } from '#core/json.ts';
import { seededRandom } from '#core/random.ts';
import { VirtualClock } from '#core/virtual-clock.ts';

test('a seed gives the same numbers every time, all in [0, 1)', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const [one, two] = [seededRandom(seed), seededRandom(seed)];
      const numbers = Array.from({ length: 50 }, one);
      expect(numbers).toEqual(Array.from({ length: 50 }, two));
      expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
    }),
  );
});

test('different seeds give different numbers', () => {
  expect(Array.from({ length: 4 }, seededRandom(1))).not.toEqual(Array.from({ length: 4 }, seededRandom(2)));
});

test('ids sort by the time of their making', async () => {
  const clock = new VirtualClock(1_700_000_000_000);
  const random = seededRandom(7);
  const earlier = newId(clock, random);
  await clock.advance(1);
  const later = newId(clock, random);

  expect(earlier).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
  expect(earlier < later).toBe(true);
});

test.each<[Severity[], boolean]>([
  [[], false],
  [['info', 'warning'], false],
  [['info', 'error'], true],
])('diagnostics %j are errors: %s', (severities, expected) => {
  const found = severities.map((severity) => ({
    ...{ code: 'SW1000', file: 'a.yaml', line: 1, column: 1, path: '', message: '' },
    severity,
  }));
  expect(hasErrors(found)).toBe(expected);
});

test.each([
  [{}, true],
  [[], false],
  [null, false],
  ['text', false],
  [undefined, false],
])('%j is a JSON object: %s', (value, expected) => {
  expect(isJsonObject(value)).toBe(expected);
});

test('a runtime error carries the name that retry and catch match, and keeps its cause', () => {
  const cause = new Error('socket closed');
  const error = new RuntimeError('Device.Timeout', 'no answer in 5 s', { cause });
  expect(error).toMatchObject({ name: 'Device.Timeout', message: 'no answer in 5 s', cause });
});

test('a request that cannot be served says what to do', () => {
  const error = new StepwrightError({
    code: 'SW3001',
    kind: 'unavailable',
    message: 'port in use',
    hint: 'choose another',
  });
  expect(error).toMatchObject({
    code: 'SW3001',
    kind: 'unavailable',
    hint: 'choose another',
    message: 'port in use',
  });
});

test('the system clock fires a timer that is due, and none that was cancelled', async () => {
  const fired: string[] = [];
  systemClock.setTimer(0, () => fired.push('cancelled')).cancel();
  await new Promise<void>((resolve) => {
    systemClock.setTimer(systemClock.now(), resolve);
  });
  expect(fired).toEqual([]);
});

import { afterEach, beforeEach, expect, test } from 'vitest';
import { StepwrightError } from '#core/error.ts';
import { VirtualClock } from '#core/virtual-clock.ts';
import { EmbeddedEngine } from '#engine/embedded/engine.ts';
import { Database } from '#storage/database.ts';

const WAITS = {
  QueryLanguage: 'JSONata',
  StartAt: 'wait',
  States: { wait: { Type: 'Wait', Seconds: 60, End: true } },
};

let database: Database;
let clock: VirtualClock;
let told: string[] = [];
let defects: unknown[] = [];
beforeEach(async () => {
  database = new Database(':memory:');
  clock = new VirtualClock();
  [told, defects] = [[], []];
  const before = open();
  for (const name of ['bad', 'good']) await before.deploy({ name, definition: WAITS });
  await before.start({ machine: 'bad', name: 'one' }, { n: 1 });
  await before.start({ machine: 'good', name: 'two' }, { n: 2 });
  await before.history({ machine: 'bad', name: 'one' }, 0);
  before.close();
});
afterEach(() => database.close());

/** The engine of another process on the same database: timers of the one before do not reach it. */
function open(): EmbeddedEngine {
  clock = new VirtualClock(clock.now());
  return new EmbeddedEngine({
    ...{ database, clock, functions: {} },
    onEnded: async ({ ref, status }) => void told.push(`${ref.name} ${status}`),
    onDefect: (error) => defects.push(error),
  });
}

const BAD = { machine: 'bad', name: 'one' };

test.each([
  [
    'a definition that is not valid any more',
    `UPDATE machines SET definition = '{"StartAt":"x","States":{}}' WHERE name = 'bad'`,
    /execution "one" of "bad" cannot go on: machine "bad" is not valid: .*StartAt/,
  ],
  [
    'a definition that is no JSON',
    `UPDATE machines SET definition = '{' WHERE name = 'bad'`,
    /execution "one" of "bad" cannot go on: /,
  ],
  [
    'a machine that is gone',
    `DELETE FROM machines WHERE name = 'bad'`,
    /execution "one" of "bad" cannot go on: there is no machine "bad"/,
  ],
  [
    'a row of the journal that is damaged',
    `UPDATE journal SET events = '[{"id":1,' WHERE execution = 1`,
    /execution "one" of "bad" cannot go on: its journal is damaged: a row cannot be read/,
  ],
  [
    'a row of the journal that is missing',
    `UPDATE journal SET events = '[{"id":2,"type":"WaitStateEntered","thread":"","details":{}}]' WHERE execution = 1`,
    /execution "one" of "bad" cannot go on: its journal is damaged: event 1 is missing/,
  ],
])('%s keeps no other execution from going on', async (_what, damage, message) => {
  database.sqlite.exec(damage);
  const engine = open();
  expect(engine.recover()).toEqual([{ machine: 'good', name: 'two' }]);
  expect(defects).toEqual([
    expect.objectContaining({ code: 'SW4090', message: expect.stringMatching(message) }),
  ]);
  expect(await engine.describe(BAD)).toMatchObject({ status: 'RUNNING', input: { n: 1 } });
  await clock.advance(60_000);
  await engine.whenEnded({ machine: 'good', name: 'two' });
  await expect.poll(() => told).toEqual(['two SUCCEEDED']);
});

test('what cannot go on can be stopped, and whoever waits for it hears of that', async () => {
  database.sqlite.exec(`DELETE FROM machines WHERE name = 'bad'`);
  const engine = open();
  engine.recover();
  const waiting = engine.whenEnded(BAD);
  await engine.stop(BAD, { error: 'Stopped', cause: 'by an operator' });
  expect(await waiting).toMatchObject({ status: 'ABORTED' });
  expect(await engine.describe(BAD)).toMatchObject({ status: 'ABORTED', error: 'Stopped' });
  await expect.poll(() => told).toEqual(['one ABORTED']);
  expect(open().recover()).toEqual([{ machine: 'good', name: 'two' }]);
});

test('what could not go on does so at the next start that can read it', async () => {
  const { definition } =
    database.sqlite.prepare("SELECT definition FROM machines WHERE name = 'bad'").get() ?? {};
  database.sqlite.exec(`UPDATE machines SET definition = '{' WHERE name = 'bad'`);
  open().recover();
  database.sqlite.prepare("UPDATE machines SET definition = ? WHERE name = 'bad'").run(String(definition));
  const engine = open();
  expect(engine.recover()).toHaveLength(2);
  await clock.advance(60_000);
  expect(await engine.whenEnded(BAD)).toMatchObject({ status: 'SUCCEEDED' });
});

test('an execution whose own row is damaged is told of by its number', () => {
  database.sqlite.exec(`UPDATE executions SET input = '{' WHERE id = 1`);
  expect(open().recover()).toEqual([{ machine: 'good', name: 'two' }]);
  expect(defects[0]).toBeInstanceOf(StepwrightError);
  expect(defects).toEqual([
    expect.objectContaining({
      code: 'SW4090',
      message: expect.stringMatching(/^execution number 1 cannot go on/),
    }),
  ]);
});

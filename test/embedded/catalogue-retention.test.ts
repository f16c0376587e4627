import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  DescribeStateMachineForExecutionCommand,
  PublishStateMachineVersionCommand,
  StartExecutionCommand,
  TestStateCommand,
  UpdateStateMachineCommand,
} from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { KEEP_ALL } from '#archive/retention-times.ts';
import { systemRandom } from '#core/random.ts';
import { VirtualClock } from '#core/virtual-clock.ts';
import { keepHouse } from '#embedded/housekeeping.ts';
import { Database } from '#storage/database.ts';
import { openStepFunctions, ROLE, type StepFunctionsServer } from '#support/step-functions-server.ts';
import { SqliteTable } from '#table/sqlite.ts';

const HOUR = 3_600_000;

let database: Database;
let server: StepFunctionsServer;
let forgotten: string[] = [];
beforeEach(async () => {
  database = new Database(':memory:');
  forgotten = [];
  server = await openStepFunctions({ database });
});
afterEach(() => server.close());

/** Keeps the house as it will be done after some hours, and keeps ended executions for one. */
async function house(hours: number, keep: 'an hour' | 'for ever' = 'an hour'): Promise<void> {
  const times = keep === 'an hour' ? { ...KEEP_ALL, executions: HOUR } : KEEP_ALL;
  const clock = new VirtualClock(Date.now() + hours * HOUR);
  const forget = (revision: string): void => void forgotten.push(revision);
  const { engine } = server;
  await keepHouse({
    ...{ database, table: new SqliteTable(database), engine, clock, random: systemRandom, times, forget },
    ...{ archive: undefined, onDefect: () => {} },
  });
}

function definition(result: string): string {
  return JSON.stringify({ StartAt: 'a', States: { a: { Type: 'Pass', Result: result, End: true } } });
}

async function create(): Promise<string> {
  const { stateMachineArn = '' } = await server.client.send(
    new CreateStateMachineCommand({ name: 'm', roleArn: ROLE, definition: definition('one') }),
  );
  return stateMachineArn;
}

/** Starts an execution and waits for its end; gives its ARN. */
async function run(stateMachineArn: string, name: string): Promise<string> {
  const { executionArn = '' } = await server.client.send(
    new StartExecutionCommand({ stateMachineArn, name }),
  );
  await server.engine.whenEnded({ machine: 'm', name });
  await expect.poll(() => count('executions WHERE notified = 0')).toBe(0);
  return executionArn;
}

function count(what: string): number {
  return Number(database.sqlite.prepare(`SELECT count(*) AS n FROM ${what}`).get()?.['n']);
}

test('what an execution ran is forgotten with it; what is kept stays described', async () => {
  const arn = await create();
  await run(arn, 'old');
  const newest = await run(arn, 'newest');
  expect(count('sfn_pins')).toBe(2);
  await house(2);
  // The newest execution stays, whatever its age.
  expect(database.sqlite.prepare('SELECT name FROM sfn_pins').all()).toEqual([{ name: 'newest' }]);
  const told = await server.client.send(
    new DescribeStateMachineForExecutionCommand({ executionArn: newest }),
  );
  expect(told.definition).toBe(definition('one'));
});

test('a revision goes when neither its machine, nor a version, nor an execution names it', async () => {
  const arn = await create();
  await run(arn, 'ran-one');
  const update = (result: string) =>
    server.client.send(
      new UpdateStateMachineCommand({ stateMachineArn: arn, definition: definition(result) }),
    );
  await update('two');
  await server.client.send(new PublishStateMachineVersionCommand({ stateMachineArn: arn }));
  await update('three');
  await update('four');
  const kept = () =>
    database.sqlite
      .prepare('SELECT definition FROM sfn_revisions ORDER BY id')
      .all()
      .map((row) => String(row['definition']));
  await house(0);
  // Pinned, published, current; the third was neither.
  expect(kept()).toEqual(['one', 'two', 'four'].map(definition));
  expect(forgotten).toEqual(['m~3']);
  await run(arn, 'ran-four');
  await house(2);
  expect(kept()).toEqual(['two', 'four'].map(definition));
  await run(`${arn}:1`, 'ran-two');
});

test('tests of single states are dropped after an hour, also where all else is kept for ever', async () => {
  const arn = await create();
  const ran = await run(arn, 'kept');
  const tested = JSON.stringify({ Type: 'Pass', Result: 'x', End: true });
  for (let tests = 0; tests < 3; tests++)
    await server.client.send(new TestStateCommand({ definition: tested, roleArn: ROLE, input: '{}' }));
  await run(arn, 'last');
  const OF_TESTS = "executions WHERE machine = 'TestState~'";
  expect(count(OF_TESTS)).toBe(3);
  await house(0.5, 'for ever');
  expect(count(OF_TESTS)).toBe(3);
  await house(2, 'for ever');
  expect(count(OF_TESTS)).toBe(0);
  expect(count('sfn_pins')).toBe(2);
  expect((await server.client.send(new DescribeExecutionCommand({ executionArn: ran }))).status).toBe(
    'SUCCEEDED',
  );
});

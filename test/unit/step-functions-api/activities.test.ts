import { randomUUID } from 'node:crypto';
import {
  CreateActivityCommand,
  DeleteActivityCommand,
  DescribeActivityCommand,
  GetActivityTaskCommand,
  ListActivitiesCommand,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { VirtualClock } from '#core/virtual-clock.ts';
import type { ActivityTask } from '#engine/embedded/activity-tasks.ts';
import { ExecutionIndex } from '#engine/embedded/execution-index.ts';
import { getActivityTask } from '#step-functions-api/activities/get-task.ts';
import { ActivityQueue } from '#step-functions-api/activities/queue.ts';
import { NO_REDRIVE } from '#step-functions-api/executions/redrive.ts';
import { NO_MAP_RUNS } from '#step-functions-api/map-runs.ts';
import { openStepFunctions, type StepFunctionsServer } from '#support/step-functions-server.ts';

let server: StepFunctionsServer;

beforeEach(async () => {
  server = await openStepFunctions();
});
afterEach(async () => {
  await server.close();
  expect(server.defects).toEqual([]);
});

const ARN = 'arn:aws:states:local:000000000000:activity:print';
const create = new CreateActivityCommand({ name: 'print', tags: [{ key: 'k', value: 'v' }] });
const describe = new DescribeActivityCommand({ activityArn: ARN });

test('an activity is created once, described, listed and deleted', async () => {
  const created = await server.client.send(create);
  expect(created.activityArn).toBe(ARN);
  expect(await server.client.send(create)).toMatchObject({ creationDate: created.creationDate });
  expect(await server.client.send(describe)).toMatchObject({
    activityArn: ARN,
    name: 'print',
    creationDate: created.creationDate,
  });
  for (const name of ['b', 'a']) await server.client.send(new CreateActivityCommand({ name }));
  const first = await server.client.send(new ListActivitiesCommand({ maxResults: 2 }));
  expect(first.activities?.map(({ name }) => name)).toEqual(['a', 'b']);
  const second = await server.client.send(
    new ListActivitiesCommand({ maxResults: 2, nextToken: first.nextToken }),
  );
  expect(second).toMatchObject({ activities: [{ name: 'print' }] });
  expect((await server.client.send(new ListTagsForResourceCommand({ resourceArn: ARN }))).tags).toEqual([
    { key: 'k', value: 'v' },
  ]);
  await server.client.send(new DeleteActivityCommand({ activityArn: ARN }));
  await server.client.send(new DeleteActivityCommand({ activityArn: ARN }));
  const gone = { name: 'ActivityDoesNotExist', message: `Activity Does Not Exist: '${ARN}'` };
  await expect(server.client.send(describe)).rejects.toMatchObject(gone);
  await expect(server.client.send(new GetActivityTaskCommand({ activityArn: ARN }))).rejects.toMatchObject(
    gone,
  );
});

test.each([...' <>{}[]?*"#%\\^|~`$&,;:/', '\u0000', '\u001f', '\u007f', '\ud800'])(
  'the name "activity%sname" is refused',
  async (character) => {
    const name = `activity${character}name`;
    await expect(server.client.send(new CreateActivityCommand({ name }))).rejects.toMatchObject({
      name: 'InvalidName',
      message: expect.stringContaining('Invalid Name: '),
    });
  },
);

test.each(['Activity1', 'activity-name_123', 'activity.name.v2', 'a'.repeat(80), 'жар-птица'])(
  'the name %s is taken',
  async (name) => {
    expect(await server.client.send(new CreateActivityCommand({ name }))).toMatchObject({
      activityArn: `arn:aws:states:local:000000000000:activity:${name}`,
    });
  },
);

function task(taskToken: string, started: ActivityTask['started'] = async () => true): ActivityTask {
  return { taskToken, input: `"${taskToken}"`, started };
}

test('a worker gets the task that was offered first, and its start is journaled under its name', async () => {
  await server.client.send(create);
  const workers: (string | undefined)[] = [];
  const started = async (worker: string | undefined): Promise<boolean> => workers.push(worker) > 0;
  server.served.activities.offer('print', task('one', started));
  server.served.activities.offer('print', task('two', started));
  const poll = (workerName?: string) =>
    server.client.send(new GetActivityTaskCommand({ activityArn: ARN, workerName }));
  expect(await poll('w1')).toMatchObject({ taskToken: 'one', input: '"one"' });
  expect(await poll()).toMatchObject({ taskToken: 'two', input: '"two"' });
  expect(workers).toEqual(['w1', undefined]);
});

test('workers that wait get tasks in the order in which they came', async () => {
  await server.client.send(create);
  const poll = () => server.client.send(new GetActivityTaskCommand({ activityArn: ARN }));
  const first = poll();
  await expect.poll(() => server.served.activities.waiting('print')).toBe(1);
  const later = poll();
  await expect.poll(() => server.served.activities.waiting('print')).toBe(2);
  for (const token of ['one', 'two']) server.served.activities.offer('print', task(token));
  expect([(await first).taskToken, (await later).taskToken]).toEqual(['one', 'two']);
});

test('a worker that went away is given nothing', async () => {
  await server.client.send(create);
  const gone = new AbortController();
  const poll = server.client.send(new GetActivityTaskCommand({ activityArn: ARN }), {
    abortSignal: gone.signal,
  });
  await expect.poll(() => server.served.activities.waiting('print')).toBe(1);
  gone.abort();
  await expect(poll).rejects.toMatchObject({ name: 'AbortError' });
  await expect.poll(() => server.served.activities.waiting('print')).toBe(0);
  server.served.activities.offer('print', task('one'));
  expect(await server.client.send(new GetActivityTaskCommand({ activityArn: ARN }))).toMatchObject({
    taskToken: 'one',
  });
});

const neverAborted = new AbortController().signal;

test('a task that was taken back, or has ended meanwhile, goes to nobody', async () => {
  const queue = new ActivityQueue(() => true);
  queue.offer('a', task('withdrawn'))();
  queue.offer(
    'a',
    task('ended', async () => false),
  );
  queue.offer('a', task('good'));
  expect(await queue.poll('a', { workerName: undefined, signal: neverAborted })).toMatchObject({
    taskToken: 'good',
  });
});

test('a poll is held open for a minute, then answered with nothing', async () => {
  const clock = new VirtualClock();
  await server.client.send(create);
  const parts = {
    ...{ redrive: NO_REDRIVE, mapRuns: NO_MAP_RUNS, ...server.served, clock, newUuid: randomUUID },
    executions: new ExecutionIndex(server.served.catalogue.database),
  };
  const answered: unknown[] = [];
  const call = { signal: neverAborted };
  const poll = getActivityTask({ activityArn: ARN }, parts, call).then((answer) => answered.push(answer));
  await clock.advance(59_999);
  expect(answered).toEqual([]);
  await clock.advance(1);
  await poll;
  expect(answered).toEqual([{}]);
});

test('more than a thousand workers on one activity are refused', async () => {
  const queue = new ActivityQueue(() => true);
  const end = new AbortController();
  const poll = () => queue.poll('a', { workerName: undefined, signal: end.signal });
  const waiting = Array.from({ length: 1_000 }, poll);
  await expect(poll()).rejects.toMatchObject({ name: 'ActivityWorkerLimitExceeded' });
  end.abort();
  expect(await Promise.all(waiting)).toEqual(new Array(1_000).fill(undefined));
});

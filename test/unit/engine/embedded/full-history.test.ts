import { expect, test } from 'vitest';
import { ActivityQueue } from '#step-functions-api/activities/queue.ts';
import { EngineRun } from '#support/engine-run.ts';

test('an execution whose history is full as a worker takes its task fails, and waits for nobody', async () => {
  const activities = new ActivityQueue(() => true);
  using run = new EngineRun({}, { activities, limits: { historyEvents: 3 } });
  const Resource = 'arn:aws:states:local:000000000000:activity:work';
  const ref = await run.start({ work: { Type: 'Task', Resource, End: true } });
  await run.quiet();
  const patience = new AbortController();
  const poll = activities.poll('work', { workerName: 'w', signal: patience.signal });
  expect(await run.finish(ref)).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
  patience.abort();
  expect(await poll).toBeUndefined();
});

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type Finished, type RunningCommand, stepwright } from './command-line.ts';
import { kill, ServedFolder } from './served-folder.ts';

const WORKFLOW = `
stepwright: 1
name: tour
version: 1.0.0
steps:
  - { id: one, command: visit, device: d-1, cache: { key: k, ttl: 1h } }
  - { id: broken, command: break, device: d-1 }
  - { id: go, wait: { event: { name: go } } }
  - { id: long, wait: { for: 1h } }
output: "{% [$broken.n, $go.n] %}"
`;
const FLEET = `
stepwright: 1
fleet: test
devices: [{ id: d-1 }]
behaviour: { commands: { visit: { latency: 20ms }, break: { latency: 20ms, fail: 1 } } }
`;

const folder = new ServedFolder({ 'tour.yaml': WORKFLOW, 'fleet.yaml': FLEET });
let server: RunningCommand;

async function startServer(): Promise<void> {
  server = await folder.serve('--fleet', 'fleet.yaml');
}
beforeAll(startServer);
afterAll(() => folder.close());

const verb = (...args: readonly string[]): Promise<Finished> => folder.verb('executions', ...args);

const ShownSchema = z.object({
  status: z.string(),
  output: z.unknown().optional(),
  pausedAt: z.string().optional(),
  steps: z.array(z.object({ path: z.string(), status: z.string(), isCached: z.boolean().optional() })),
  usage: z.object({ handlerCalls: z.number(), commandsSent: z.number() }),
  actions: z.array(
    z.object({
      operation: z.string(),
      by: z.string(),
      reason: z.string().optional(),
      refused: z.string().optional(),
    }),
  ),
});

async function shown(id: string): Promise<z.infer<typeof ShownSchema>> {
  return ShownSchema.parse(JSON.parse((await verb('show', id, '--json')).stdout));
}

async function start(name: string): Promise<void> {
  await folder.document('POST', '/v1/workflows/tour/executions', { name });
}

const POLL = { interval: 50, timeout: 15_000 };
const statusOf = async (id: string): Promise<string> => (await shown(id)).status;

test('an operator sees what has failed, skips it, signals, pauses, resumes, and it is all on record', async () => {
  expect((await folder.verb('workflows', 'publish', 'tour.yaml')).exitCode).toBe(0);
  await start('run-1');
  await expect.poll(() => statusOf('run-1'), POLL).toBe('FAILED');
  expect((await verb('list')).stdout).toMatch(/^run-1 +tour 1\.0\.0 +FAILED /m);

  expect(
    await verb('skip', 'run-1', 'broken', '--output', '{"n":1}', '--reason', 'done by hand'),
  ).toMatchObject({
    exitCode: 0,
    stdout: 'execution run-1 goes on after broken\n',
  });
  await expect.poll(async () => (await shown('run-1')).steps[2]?.status, POLL).toBe('RUNNING');
  expect((await verb('pause', 'run-1')).stdout).toBe('execution run-1 is paused\n');

  await kill(server);
  await startServer();
  expect((await shown('run-1')).pausedAt).toBeDefined();
  expect((await verb('signal', 'run-1', 'go', '--payload', '{"n":2}')).stdout).toContain('has taken "go"');
  expect((await shown('run-1')).steps[3]?.status).toBe('PENDING');
  expect((await verb('resume', 'run-1', '--by', 'bob')).exitCode).toBe(0);
  await expect.poll(async () => (await shown('run-1')).steps[3]?.status, POLL).toBe('RUNNING');
  expect((await verb('skip', 'run-1', 'long')).exitCode).toBe(0);
  await expect.poll(() => statusOf('run-1'), POLL).toBe('SUCCEEDED');

  const { output, steps, actions } = await shown('run-1');
  expect(output).toEqual([1, 2]);
  expect(steps.map(({ status }) => status)).toEqual(['SUCCEEDED', 'SKIPPED', 'SUCCEEDED', 'SKIPPED']);
  expect(actions.map(({ operation, by }) => `${by} ${operation}`)).toEqual([
    ...['ada skip', 'ada pause', 'ada signal', 'bob resume', 'ada skip'],
  ]);
  expect(actions[0]).toMatchObject({ reason: 'done by hand' });
  const history = await verb('history', 'run-1');
  expect(history.stdout).toContain('ExecutionRedriven');
  expect(history.stdout).toMatch(/ada +skip broken +done by hand/);
}, 60_000);

test('what cannot be done is refused with one message, exit code 1 and a hint', async () => {
  const refused = await verb('redrive', 'run-1');
  expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
  expect(refused.stderr).toContain('error[SW4062]: execution "run-1" is SUCCEEDED, and cannot be redriven');
  expect(await verb('skip', 'run-1', 'one', '--output', '{')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('--output is no JSON'),
  });
  expect(await verb('show', 'none')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('SW4044'),
  });
});

test('a result that an equal run has left shows as such, and a redriven run is profiled', async () => {
  await start('run-2');
  await expect.poll(() => statusOf('run-2'), POLL).toBe('FAILED');
  const { steps, usage } = await shown('run-2');
  expect(steps[0]).toMatchObject({ path: 'one', status: 'SUCCEEDED', isCached: true });
  expect(usage).toMatchObject({ handlerCalls: 2, commandsSent: 1 });
  expect((await verb('redrive', 'run-2', '--reason', 'try again')).exitCode).toBe(0);
  await expect.poll(() => statusOf('run-2'), POLL).toBe('FAILED');

  const profiled = await folder.verb(
    'profile',
    'run-2',
    '--svg',
    'p.svg',
    '--trace',
    'p.json',
    '--times',
    'p.times',
  );
  expect(profiled.exitCode).toBe(0);
  expect(profiled.stdout).toContain('critical path one → broken');
  for (const line of profiled.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  expect(readFileSync(folder.file('p.svg'), 'utf8')).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
  const trace = z
    .object({ traceEvents: z.array(z.looseObject({ name: z.string(), ph: z.string(), pid: z.number() })) })
    .parse(JSON.parse(readFileSync(folder.file('p.json'), 'utf8')));
  expect(trace.traceEvents.filter(({ ph }) => ph === 'X').map(({ name }) => name)).toContain('broken');
  const planned = await stepwright(['plan', 'tour.yaml', '--profile', 'p.times'], { cwd: folder.path });
  expect(planned.exitCode).toBe(0);
}, 60_000);

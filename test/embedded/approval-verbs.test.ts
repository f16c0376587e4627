import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import type { Finished } from './command-line.ts';
import { ServedFolder } from './served-folder.ts';

const WORKFLOW = `
stepwright: 1
name: ask
version: 1.0.0
steps:
  - id: ask
    approve: { group: ops, quorum: 2, not: starter, message: May it go on?, escalate: { after: 1h, group: chiefs } }
output: "{% $ask.votes.{ 'by': by, 'via': via } %}"
`;
const PROJECT = 'stepwright: 1\ngroups: { ops: [ada@x.org, bob@x.org, eve@x.org], chiefs: [max@x.org] }\n';

const folder = new ServedFolder({ 'project/ask.yaml': WORKFLOW, 'project/stepwright.yaml': PROJECT });
beforeAll(async () => {
  await folder.serve('--public-url', 'https://plant.example/sw/');
  expect((await folder.verb('workflows', 'publish', 'project')).exitCode).toBe(0);
}, 30_000);
afterAll(() => folder.close());

const approvals = (...args: readonly string[]): Promise<Finished> => folder.verb('approvals', ...args);

const ID = 'run-1:ask:0';

test('people are asked, answer by command and by link, and all of it is told', async () => {
  expect((await approvals('list')).stdout).toBe('nobody is asked for an approval\n');
  await folder.document('POST', '/v1/workflows/ask/executions', { name: 'run-1', by: 'Ada@x.org' });
  await expect.poll(async () => (await approvals('list')).stdout, { timeout: 15_000 }).toContain(ID);
  expect((await approvals('list')).stdout).toMatch(/2 of ops .*May it go on\?/);

  const own = await approvals('approve', ID, '--by', 'ada@x.org');
  expect(own).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('SW4102') });
  const stranger = await approvals('reject', ID, '--by', 'max@x.org');
  expect(stranger).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('max@x.org is not of the group "ops"'),
  });
  const bob = await approvals('approve', ID, '--by', 'bob@x.org', '--reason', 'looks good', '--json');
  expect(JSON.parse(bob.stdout)).toMatchObject({
    votes: [{ by: 'bob@x.org', via: 'cli', comment: 'looks good' }],
  });

  const { stdout: printed } = await approvals('links', ID, '--json');
  const { links } = z
    .object({ links: z.array(z.object({ to: z.string(), link: z.string() })) })
    .parse(JSON.parse(printed));
  expect(links.map(({ to }) => to)).toEqual(['eve@x.org']);
  const link = new URL(links[0]?.link ?? '');
  expect(link.href).toMatch(/^https:\/\/plant\.example\/sw\/v1\/approvals\/run-1%3Aask%3A0\/answer\?token=/);
  const page = folder.url + link.pathname.replace('/sw', '') + link.search;
  expect(await (await fetch(page)).text()).toContain('May it go on?');
  const form = new URLSearchParams({ decision: 'approve', comment: 'fine' });
  expect(await (await fetch(page, { method: 'POST', body: form })).text()).toContain('it goes on');

  const shown = (await approvals('show', ID)).stdout.split('\n');
  expect(shown.slice(0, 4)).toEqual([
    ...['APPROVED  run-1:ask:0', 'what      May it go on?', 'who       2 of ops', 'not       Ada@x.org'],
  ]);
  expect(shown[4]).toMatch(/^also {6}chiefs, from \S+ \S+ UTC$/);
  expect(shown[8]).toMatch(/bob@x\.org approved +cli +looks good$/);
  expect(shown[9]).toMatch(/eve@x\.org approved +link +fine$/);
}, 60_000);

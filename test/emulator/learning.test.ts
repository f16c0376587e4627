import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { z } from 'zod';
import { DecisionAnalyticsSchema, RouteAnalyticsSchema } from '#api/analytics-documents.ts';
import { DecisionRecordSchema, RouteRecordSchema } from '#api/log-documents.ts';
import type { RunningFleet } from '#devices/simulator/fleet.ts';
import { runProgram } from '#support/run-program.ts';
import { EMULATOR_FOLDER, installMinistack } from '../../localstack/ministack.ts';
import { call, connectFleet, POLL, run } from './client.ts';
import { deployed, emulated, isEmulated } from './stacks.ts';

/** What pandas and others read Parquet with. */
const PYARROW = 'pyarrow==25.0.0';

const FLEET = `stepwright: 1
fleet: learners
devices: [{ count: 2, id: "learner-{n}", type: pump, capabilities: { learn: "1.0.0" } }]
behaviour: { commands: { learn: { result: "{% { 'ok': true } %}" } } }
`;

const decision = (version: string, percent: number): string => `stepwright: 1
decision: learned-pace
version: ${version}
inputs: { devices: { type: integer }, owner: { type: string, personal: true } }
outputs: { percent: { type: number } }
table: { hit: first, rules: [{ when: { devices: "<= 5" }, give: { percent: 100 } }, { when: {}, give: { percent: ${percent} } }] }
`;

const WORKFLOW = `stepwright: 1
name: learner
version: 1.0.0
input: { type: object, required: [devices], properties: { devices: { type: integer } } }
steps:
  - { id: pace, decide: { decision: learned-pace, version: 1.0.0, input: { devices: "{% $input.devices %}", owner: Ada } } }
  - { id: go, command: learn, on: { requires: { learn: ">=1" }, strategy: round-robin }, with: { percent: "{% $pace.percent %}" } }
`;

let fleet: RunningFleet | undefined;
let folder = '';

beforeAll(async () => {
  if (!isEmulated) return;
  fleet = await connectFleet(FLEET);
  folder = mkdtempSync(join(tmpdir(), 'stepwright-learning-'));
}, 90_000);

afterAll(async () => {
  await fleet?.stop();
  if (folder !== '') rmSync(folder, { recursive: true });
});

/** Opens a Parquet file with PyArrow, and gives what its rows are there. */
function rowsInPython(file: string): unknown {
  installMinistack(() => undefined);
  const bin = join(EMULATOR_FOLDER, 'venv', 'bin');
  execFileSync(join(bin, 'pip'), ['install', '--quiet', '--disable-pip-version-check', PYARROW]);
  const script =
    'import json, sys, pyarrow.parquet as pq; print(json.dumps(pq.read_table(sys.argv[1]).to_pylist(), default=str))';
  return JSON.parse(execFileSync(join(bin, 'python'), ['-c', script, file], { encoding: 'utf8' }));
}

emulated('what was decided and chosen is logged, told and exported, and opens in Python', async () => {
  for (const [version, percent] of [
    ['1.0.0', 20],
    ['1.1.0', 10],
  ] as const)
    await call('PUT', '/v1/decisions/learned-pace', decision(version, percent));
  await call('POST', '/v1/workflows', WORKFLOW);
  await call('PUT', '/v1/decisions/learned-pace/trials/1.0.0', { shadow: { version: '1.1.0' } });
  const began = new Date(Date.now() - 60_000).toISOString();
  for (const devices of [3, 30])
    expect(await run('learner', { devices })).toMatchObject({ status: 'SUCCEEDED' });

  const log = z.object({ records: z.array(DecisionRecordSchema) });
  const read = async () =>
    log.parse(await call('GET', `/v1/decisions/learned-pace/log?from=${began}`)).records;
  await expect.poll(read, POLL).toMatchObject([
    {
      features: { devices: 3, owner: 'Ada' },
      rules: [1],
      outcome: { success: true },
      shadow: { differs: false },
    },
    {
      features: { devices: 30 },
      rules: [2],
      workflow: 'learner',
      outcome: { success: true },
      shadow: { differs: true },
    },
  ]);
  const analytics = await call('GET', `/v1/decisions/learned-pace/analytics?from=${began}`);
  expect(DecisionAnalyticsSchema.parse(analytics)).toMatchObject({
    all: { hits: 2, succeeded: 2 },
    shadows: [{ shadow: '1.1.0', compared: 2, differing: 1, failed: 0 }],
  });
  const routes = z.object({ records: z.array(RouteRecordSchema) });
  const chosen = routes.parse(await call('GET', `/v1/workflows/learner/routes/log?from=${began}`)).records;
  expect(chosen).toMatchObject([
    { route: 'learner/go', workflowVersion: '1.0.0' },
    { outcome: { success: true } },
  ]);
  const told = await call('GET', `/v1/workflows/learner/routes/analytics?from=${began}`);
  expect(RouteAnalyticsSchema.parse(told)).toMatchObject({
    routes: [{ route: 'learner/go', hits: 2, succeeded: 2 }],
  });

  const { url, token } = deployed();
  const server = ['--endpoint', url, '--token', token, '--from', began];
  const exported = await runProgram([
    ...['decisions', 'export', 'learned-pace', ...server, '--format', 'parquet'],
    ...['--without-personal-data', '-o', folder],
  ]);
  expect(exported.stdout).toContain('2 rows');
  const rows = rowsInPython(join(folder, 'learned-pace.parquet'));
  expect(rows).toMatchObject([
    { 'feature.devices': 3, 'chosen.percent': 100, success: true, rules: '[1]', shadow_differs: false },
    { 'feature.devices': 30, 'chosen.percent': 20, success: true, workflow: 'learner', shadow_differs: true },
  ]);
  expect(JSON.stringify(rows)).not.toContain('Ada');
});

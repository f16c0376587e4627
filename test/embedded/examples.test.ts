import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { stepwright } from './command-line.ts';

const WORKFLOWS = join(import.meta.dirname, '../../workflows');
const OutcomeSchema = z.looseObject({
  status: z.string(),
  steps: z.array(z.looseObject({ path: z.string(), status: z.string() })),
  devices: z.array(z.unknown()),
});
const ToldSchema = z.object({ diagnostics: z.array(z.looseObject({ code: z.string(), file: z.string() })) });

/** Runs a shipped workflow on the shipped plant. */
async function run(workflow: string, input: unknown, fleetFile = 'plant') {
  const file = join(WORKFLOWS, `${workflow}.yaml`);
  const fleet = join(WORKFLOWS, `fleets/${fleetFile}.yaml`);
  const { stdout } = await stepwright([
    'run',
    file,
    '--fleet',
    fleet,
    '--json',
    '--input',
    JSON.stringify(input),
  ]);
  const outcome = OutcomeSchema.parse(JSON.parse(stdout));
  const pace = outcome.steps.find(({ path }) => path === 'pace');
  return {
    ...outcome,
    pace,
    steps: Object.fromEntries(outcome.steps.map(({ path, status }) => [path, status])),
  };
}

test('the shipped project has nothing wrong', async () => {
  const { exitCode, stdout } = await stepwright(['validate', WORKFLOWS, '--json']);
  expect(exitCode).toBe(0);
  const { diagnostics } = ToldSchema.parse(JSON.parse(stdout));
  expect(diagnostics.map(({ code, file }) => `${code} ${relative(WORKFLOWS, file)}`)).toEqual([]);
});

test('of steps that depend on outcomes, exactly those run that should', async () => {
  expect(await run('dependency-outcomes', {})).toMatchObject({
    status: 'SUCCEEDED',
    output: { ran: ['runs1', 'runs2', 'runs3'] },
    steps: {
      a: 'SUCCEEDED',
      b: 'SUCCEEDED',
      c: 'FAILED',
      runs1: 'SUCCEEDED',
      runs2: 'SUCCEEDED',
      runsNot: 'SKIPPED',
      runs3: 'SUCCEEDED',
    },
  });
});

test.each([
  ['locker-1', 'SUCCEEDED', { reserve: 'SUCCEEDED', pay: 'SUCCEEDED', confirm: 'SUCCEEDED' }],
  ['locker-jammed', 'ROLLED_BACK', { reserve: 'COMPENSATED', pay: 'COMPENSATED', confirm: 'FAILED' }],
])('a parcel for %s is handed over, or all is as before: %s', async (locker, status, steps) => {
  const outcome = await run('parcel-handover', { order: 'o1', cents: 250, locker });
  expect(outcome).toMatchObject({ status, steps });
  const charged = status === 'SUCCEEDED' ? 250 : 0;
  expect(outcome.devices).toContainEqual({ id: 'terminal-1', reported: { charged } });
});

test.each([
  [['kernel'], 'SUCCEEDED'],
  [['editor'], 'SKIPPED'],
])('installing %j has the restart %s', async (packages, restart) => {
  const input = { gateway: 'gateway-1', settings: 'https://example.com/settings.json', packages };
  expect(await run('install-packages', input)).toMatchObject({ status: 'SUCCEEDED', steps: { restart } });
});

test.each([
  [0, { percent: 100, checked: 5 }, 'SKIPPED', { rules: [{ rule: 2 }] }],
  [
    0.2,
    { percent: 1, checked: 5 },
    'SUCCEEDED',
    { rules: [{ rule: 1, note: 'One in ten went wrong the last time.' }] },
  ],
])(
  'a decision says how a round of checks goes after %d failed, and why',
  async (failedBefore, output, told, because) => {
    const outcome = await run('health-round', { site: 'plant', kind: 'pump', failedBefore });
    expect(outcome).toMatchObject({ status: 'SUCCEEDED', output, steps: { pace: 'SUCCEEDED', told } });
    expect(outcome.pace).toMatchObject({ because });
  },
);

test.each([
  ['is free on the level', { zone: 'garage/level-1', kw: 11 }, /^one-\d$/],
  ['has the power, on another level', { zone: 'garage/level-1', kw: 100 }, /^two-\d$/],
  ['is old, with less power', { zone: 'garage/roof', kw: 200 }, /^roof-\d$/],
])('a vehicle is charged at a station that %s', async (_, input, station) => {
  const outcome = await run('charge-vehicle', input, 'garage');
  expect(outcome).toMatchObject({ status: 'SUCCEEDED', output: { station: expect.stringMatching(station) } });
});

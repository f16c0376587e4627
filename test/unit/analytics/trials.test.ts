import { afterEach, beforeEach, expect, test } from 'vitest';
import { DecisionAnalyticsSchema } from '#api/analytics-documents.ts';
import type { Json } from '#core/json.ts';
import { decideForStep } from '#executions/decide-step.ts';
import { createDecide } from '#functions/decide/decide.ts';
import { json } from '#support/api-calls.ts';
import { type LoggedWorld, loggedWorld, wavePolicy } from '#support/logged-world.ts';

let logged: LoggedWorld;
beforeEach(async () => {
  logged = await loggedWorld(50);
  for (const [version, percent] of [
    ['1.0.0', 80],
    ['1.1.0', 5],
  ] as const)
    await logged.publish(wavePolicy(version, { percent }));
});
afterEach(() => logged.world[Symbol.dispose]());

const tried = (target: Json, version = '1.0.0') =>
  logged.api.good('PUT', `/v1/decisions/wave-policy/trials/${version}`, json(target));

async function analytics() {
  await logged.world.clock.advance(1);
  const { document } = await logged.api.good('GET', '/v1/decisions/wave-policy/analytics?from=2026-01-01');
  return DecisionAnalyticsSchema.parse(document);
}

const request = (execution: string, input: object = {}) => ({
  ...{ taskToken: 't', execution, path: 'policy', attempt: 0, decision: 'wave-policy', version: '1.0.0' },
  ...{ input: { devices: 8, ...input }, timeoutSeconds: 5 },
});

test('a canary decides for its share, and analytics compare the two sides', async () => {
  await tried({ canary: { version: '1.1.0', percent: 50 } });
  await logged.runAll(Array.from({ length: 40 }, () => ({ devices: 8 })));
  const { splits, versions } = await analytics();
  const { document } = await logged.api.good('GET', '/v1/decisions/wave-policy/log?from=2026-01-01');
  expect(JSON.stringify(document).match(/"side":"(base|canary)","propensity":0.5/g)).toHaveLength(40);
  const [split] = splits;
  expect(split).toMatchObject({
    asked: '1.0.0',
    canary: '1.1.0',
    base: { successRate: 0 },
    canarySummary: { successRate: 1 },
  });
  expect((split?.base.hits ?? 0) + (split?.canarySummary.hits ?? 0)).toBe(40);
  expect(split?.canarySummary.hits).toBeGreaterThan(8);
  expect(split?.difference?.low).toBeGreaterThan(0.5);
  expect(versions.map(({ version }) => version).sort()).toEqual(['1.0.0', '1.1.0']);
});

test('an execution, and what has an equal key, stays on its side', async () => {
  await tried({ canary: { version: '1.1.0', percent: 50, by: '$input.site' } });
  const sites = new Map<string, Set<string>>();
  for (let at = 0; at < 60; at++) {
    const site = `site-${at % 12}`;
    const output = await decideForStep(logged.world.ports, request(`e${at}`, { site }));
    sites.set(site, (sites.get(site) ?? new Set()).add(JSON.stringify(output)));
  }
  expect([...sites.values()].every(({ size }) => size === 1)).toBe(true);
  expect(new Set([...sites.values()].flatMap((outputs) => [...outputs])).size).toBe(2);
});

test('a version in the shadow is asked after the answer, and where it differs is counted and shown', async () => {
  await tried({ shadow: { version: '1.1.0' } });
  await logged.runAll([{ devices: 3 }, { devices: 8 }]);
  const { shadows, versions } = await analytics();
  expect(versions).toMatchObject([{ version: '1.0.0', hits: 2 }]);
  expect(shadows).toMatchObject([
    {
      ...{ version: '1.0.0', shadow: '1.1.0', compared: 2, differing: 1, failed: 0 },
      examples: [{ features: { devices: 8 }, chosen: { percent: 80 }, shadow: { chosen: { percent: 5 } } }],
    },
  ]);
});

test('an example of a difference tells no value that is marked as personal', async () => {
  const personal = (version: string, percent: number) =>
    wavePolicy(version, { percent }).replace(/devices: \{ type: \w+/, '$&, personal: true');
  for (const [version, percent] of [
    ['2.0.0', 80],
    ['2.1.0', 5],
  ] as const)
    await logged.publish(personal(version, percent));
  await tried({ shadow: { version: '2.1.0' } }, '2.0.0');
  await createDecide(logged.world.ports)({ ...request('e1'), version: '2.0.0' });
  const { shadows } = await analytics();
  expect(shadows).toMatchObject([{ differing: 1 }]);
  expect(shadows[0]?.examples).toMatchObject([{ features: {}, chosen: { percent: 80 } }]);
  expect(shadows[0]?.examples[0]?.features).not.toHaveProperty('devices');
});

test('a shadow that fails, or goes round for ever, changes nothing of the answer', async () => {
  const endless = "{% ($f := function($n) { $f($n + 1) }; { 'percent': $f(0) }) %}";
  const broken = wavePolicy('1.2.0').replace(/table:[\s\S]*/, `expression: "${endless}"\n`);
  await logged.publish(broken);
  await tried({ shadow: { version: '1.2.0' } });
  const told: Json[] = [];
  const { ports } = logged.world;
  const decide = createDecide({
    table: ports.table,
    clock: ports.clock,
    engine: Object.assign(Object.create(ports.engine), {
      succeedTask: async (_token: string, output: Json) => {
        told.push(output, (await analytics()).shadows.length);
      },
      failTask: () => expect.fail('the task has its answer'),
    }),
  });
  await decide({ ...request('e'), timeoutSeconds: 0.2 });
  expect(told).toEqual([{ percent: 80 }, 0]);
  expect((await analytics()).shadows).toMatchObject([{ compared: 1, differing: 1, failed: 1 }]);
});

test('a trial is listed, goes on without its version where it ends, and is known to this process at once', async () => {
  await tried({ canary: { version: '1.1.0', percent: 99.999 } });
  expect((await logged.api.good('GET', '/v1/decisions/wave-policy/trials')).document).toMatchObject({
    trials: [{ version: '1.0.0', target: { canary: { version: '1.1.0', percent: 99.999 } } }],
  });
  expect(await decideForStep(logged.world.ports, request('e'))).toEqual({ percent: 5 });
  await logged.api.good('DELETE', '/v1/decisions/wave-policy/trials/1.0.0');
  expect(await decideForStep(logged.world.ports, request('e'))).toEqual({ percent: 80 });
});

const other = wavePolicy('2.0.0')
  .replace('devices: {', 'pumps: {')
  .replaceAll('when: { devices', 'when: { pumps');

test.each([
  ['a range', { shadow: { version: '^1.1' } }, '1.0.0', 'SW4018'],
  ['the same version', { shadow: { version: '1.0.0' } }, '1.0.0', 'SW4018'],
  ['other inputs', { shadow: { version: '2.0.0' } }, '1.0.0', 'SW4018'],
  [
    'a key that is no expression',
    { canary: { version: '1.1.0', percent: 5, by: '$input.' } },
    '1.0.0',
    'SW4018',
  ],
  ['a version that is not published', { shadow: { version: '9.0.0' } }, '1.0.0', 'SW4029'],
  ['all of a hundred', { canary: { version: '1.1.0', percent: 100 } }, '1.0.0', 'SW4001'],
])('%s is refused', async (_, target, version, code) => {
  await logged.publish(other);
  const path = `/v1/decisions/wave-policy/trials/${version}`;
  expect(await logged.api.problem('PUT', path, json(target))).toMatchObject({ code });
});

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type LogQuery, readDecisions } from '#analytics/read-log.ts';
import { createApi } from '#api/api.ts';
import { DecisionRecordSchema } from '#api/log-documents.ts';
import { decideForStep } from '#executions/decide-step.ts';
import { joinOutcome } from '#executions/join-outcome.ts';
import { type LoggedWorld, loggedWorld, wavePolicy } from '#support/logged-world.ts';
import { MemoryTable } from '#support/memory-table.ts';
import { executionKeys, taskKeys } from '#table/keys.ts';
import { logKeys } from '#table/log-keys.ts';
import type { Table } from '#table/table.ts';

const LogSchema = z.object({ records: z.array(DecisionRecordSchema), cursor: z.string().optional() });

let logged: LoggedWorld;
beforeEach(async () => {
  logged = await loggedWorld(50);
  await logged.publish(wavePolicy('1.0.0'));
});
afterEach(() => logged.world[Symbol.dispose]());

async function log(query = 'from=2026-01-01') {
  await logged.world.clock.advance(1);
  const { document } = await logged.api.good('GET', `/v1/decisions/wave-policy/log?${query}`);
  return LogSchema.parse(document);
}

const request = (execution: string, at = 0) => ({
  ...{ taskToken: 't', execution, path: `each[${at}].policy`, attempt: 0 },
  ...{ decision: 'wave-policy', version: '1.0.0', input: { devices: at }, timeoutSeconds: 5 },
});

test('a decision of a step is logged with what it read and chose, and its outcome when the execution has ended', async () => {
  await logged.runAll([{ devices: 3 }, { devices: 8 }]);
  const { records } = await log();
  expect(records).toMatchObject([
    {
      ...{ kind: 'decision', decision: 'wave-policy', version: '1.0.0', asked: '1.0.0', attempt: 0 },
      ...{ path: 'policy', workflow: 'tested', workflowVersion: '1.0.0', rules: [1] },
      features: { devices: 3, site: 'berlin', owner: 'ada' },
      chosen: { percent: 100 },
      outcome: { status: 'FAILED', success: false },
    },
    { features: { devices: 8 }, rules: [2], chosen: { percent: 5 }, outcome: { success: true } },
  ]);
  expect(records[0]?.latencyMs).toBeGreaterThanOrEqual(0);
});

test('the outcome is that of the execution at last: rolled back, and after a redrive the later end', async () => {
  const steps = `steps:
  - { id: policy, decide: { decision: wave-policy, version: "1.0.0", input: { devices: 9 } } }
  - { id: flash, command: flash, device: pump-1, with: { percent: 5 }, compensate: { command: undo } }
  - { id: check, command: flash, device: pump-1, with: { percent: 80 } }
`;
  const { id, status } = await logged.world.run(steps);
  await logged.world.quiet();
  expect(status).toBe('ROLLED_BACK');
  expect((await log()).records).toMatchObject([{ outcome: { status: 'ROLLED_BACK', success: false } }]);

  await logged.world.ports.table.update({
    key: executionKeys.meta(id),
    set: { status: 'SUCCEEDED', endedAt: logged.world.clock.now() },
  });
  await joinOutcome(logged.world.ports.table, id);
  expect((await log()).records).toMatchObject([{ outcome: { status: 'SUCCEEDED', success: true } }]);
});

test('what fails is logged with its error, and fails the step as before', async () => {
  const failing = wavePolicy('1.0.1').replace(
    'give: { percent: 100 }',
    'give: { percent: "{% $number($input.site) %}" }',
  );
  await logged.publish(failing);
  await expect(
    decideForStep(logged.world.ports, { ...request('e'), version: '1.0.1' }),
  ).rejects.toMatchObject({ name: 'Decision.Failed' });
  expect((await log()).records).toMatchObject([
    { version: '1.0.1', error: 'Decision.Failed', features: { devices: 0 } },
  ]);
});

test('the log is read in pages, in the order of time, whatever partition a record is in', async () => {
  for (let at = 0; at < 30; at++) {
    await decideForStep(logged.world.ports, request(`e${at}`, at));
    await logged.world.clock.advance(3 * 3_600_000);
  }
  const found: number[] = [];
  let cursor: string | undefined;
  do {
    const page = await log(`from=2026-01-01&limit=7${cursor === undefined ? '' : `&cursor=${cursor}`}`);
    expect(page.records.length).toBeLessThanOrEqual(7);
    found.push(...page.records.map(({ features }) => Number(features['devices'])));
    cursor = page.cursor;
  } while (cursor !== undefined);
  expect(found).toEqual(Array.from({ length: 30 }, (_, at) => at));
  const newest = readDecisions(logged.world.ports.table, 'wave-policy', {
    ...{ from: Date.UTC(2026, 0, 2), to: Date.UTC(2026, 0, 3), newestFirst: true },
  });
  const times = (await Array.fromAsync(newest)).map(({ record }) => record.at);
  expect(times).toEqual(times.toSorted((one, other) => other - one));
  expect(times).toHaveLength(8);
});

/** The ids of all records, read so many at a time. */
async function readInPages(table: Table, query: LogQuery, limit: number): Promise<string[]> {
  const found: string[] = [];
  for (let after: string | undefined; ; ) {
    const before = found.length;
    for await (const { record, place } of readDecisions(table, 'd', {
      ...query,
      ...(after === undefined ? {} : { after }),
    })) {
      if (found.length === before + limit) break;
      found.push(record.id);
      after = place;
    }
    if (found.length === before) return found;
  }
}

test('whatever was logged when, pages tell all of it once, in order, and backwards the same', async () => {
  const entries = fc.array(fc.record({ minute: fc.integer({ min: 0, max: 4_000 }), execution: fc.nat(9) }), {
    maxLength: 40,
  });
  await fc.assert(
    fc.asyncProperty(entries, fc.integer({ min: 1, max: 9 }), async (made, limit) => {
      const table = new MemoryTable();
      const ids = made.map(({ minute, execution }, at) => {
        const id = `e${execution}:p${at}:0`;
        const time = Date.UTC(2026, 0, 1) + minute * 60_000;
        return { id, time, execution: `e${execution}` };
      });
      await table.putAll(
        ids.map(({ id, time, execution }) => ({
          ...taskKeys.decided(id),
          ...logKeys.index({ kind: 'decision', name: 'd' }, { at: time, execution, id }),
          because: {},
          logged: { at: time, decision: 'd', version: '1.0.0', asked: '1.0.0', features: {}, latencyMs: 1 },
        })),
      );
      const period = { from: Date.UTC(2026, 0, 1), to: Date.UTC(2026, 0, 1) + 3_000 * 60_000 };
      const expected = ids
        .filter(({ time }) => time < period.to)
        .toSorted((one, other) => one.time - other.time || (one.id < other.id ? -1 : 1))
        .map(({ id }) => id);
      expect(await readInPages(table, period, limit)).toEqual(expected);
      const backwards = { ...period, newestFirst: true };
      expect(await readInPages(table, backwards, limit)).toEqual(expected.toReversed());
    }),
    { numRuns: 40 },
  );
});

test('as JSON Lines, a record a line, with the address of the next page', async () => {
  const { world } = logged;
  for (let at = 0; at < 3; at++) await decideForStep(world.ports, request(`e${at}`, at));
  await world.clock.advance(1);
  const target = { method: 'GET', path: '/v1/decisions/wave-policy/log', query: { limit: '2' } };
  const serve = createApi({ ports: world.ports, version: '1.2.3' });
  const { body, headers } = await serve({ ...target, headers: { accept: 'application/x-ndjson' } });
  expect(
    body
      .trimEnd()
      .split('\n')
      .map((line) => DecisionRecordSchema.parse(JSON.parse(line)).kind),
  ).toEqual(['decision', 'decision']);
  expect(headers['link']).toMatch(/^<\/v1\/decisions\/wave-policy\/log\?limit=2&cursor=.+>; rel="next"$/);
});

test('without personal data, what is marked is left out, and ids are pseudonyms that stay the same', async () => {
  await logged.runAll([{ devices: 3, owner: 'Ada Lovelace' }]);
  const [record] = (await log('from=2026-01-01&personalData=false')).records;
  expect(record?.features).toEqual({ devices: 3, site: 'berlin' });
  expect(record?.execution).toMatch(/^[0-9a-f]{16}$/);
  expect(JSON.stringify(record)).not.toContain('Ada');
  expect((await log('from=2026-01-01&personalData=false')).records[0]?.id).toBe(record?.id);
});

describe('the share of executions that a file says', () => {
  test('of 0 logs nothing, and still keeps why', async () => {
    await logged.publish(wavePolicy('1.1.0', { more: 'log: 0' }));
    await decideForStep(logged.world.ports, { ...request('e'), version: '1.1.0' });
    expect((await log()).records).toEqual([]);
  });

  test('of a half logs about half of them, each as a whole', async () => {
    await logged.publish(wavePolicy('1.1.0', { more: 'log: 0.5' }));
    for (let at = 0; at < 60; at++) {
      for (const place of [0, 1])
        await decideForStep(logged.world.ports, { ...request(`e${at}`, place), version: '1.1.0' });
    }
    const counts = Map.groupBy(
      (await log('from=2026-01-01&limit=1000')).records,
      ({ execution }) => execution,
    );
    expect(counts.size).toBeGreaterThan(15);
    expect(counts.size).toBeLessThan(45);
    expect([...counts.values()].every(({ length }) => length === 2)).toBe(true);
  });
});

test('inputs that are too long to be kept are named instead', async () => {
  await decideForStep(logged.world.ports, {
    ...request('e', 7),
    input: { devices: 7, site: 'x'.repeat(5_000) },
  });
  expect((await log()).records).toMatchObject([
    { features: { devices: 7, owner: 'nobody' }, omitted: ['site'], chosen: { percent: 5 } },
  ]);
});

test.each([
  ['a day that is none', 'from=yesterday'],
  ['a period that ends before it begins', 'from=2026-02-01&to=2026-01-01'],
  ['a cursor of something else', 'cursor=abc'],
  ['a period that is too long', 'from=2025-01-01&to=2026-01-01'],
])('%s is refused (SW4001)', async (_, query) => {
  const problem = await logged.api.problem('GET', `/v1/decisions/wave-policy/log?${query}`);
  expect(problem).toMatchObject({ code: 'SW4001', status: 400 });
});

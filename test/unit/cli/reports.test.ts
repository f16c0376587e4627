import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { KeptReportDocument } from '#api/report-documents.ts';
import { registerDevice } from '#devices/registry.ts';
import { FolderReportFiles } from '#embedded/report-files.ts';
import { putMade } from '#reports/made/made-report.ts';
import { type ServedWorld, serveWorld } from '#support/served-world.ts';
import { World } from '#support/world.ts';

const FLEET = `stepwright: 1
report: fleet
title: The fleet
description: Where our pumps are.
source: devices
groupBy: { zone: zone }
measures: { devices: count }
schedule: { cron: "0 7 * * mon", timezone: Europe/Berlin }
formats: [html, csv]
`;
const PLAIN = `stepwright: 1
report: plain
source: devices
measures: { devices: count }
`;

let world: World;
let served: ServedWorld;
let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stepwright-report-verbs-'));
  world = await World.create({
    devices: [
      { id: 'p1', zone: 'berlin' },
      { id: 'p2', zone: 'berlin' },
      { id: 'p3', zone: 'porto' },
    ],
  });
  served = await serveWorld(world, new FolderReportFiles(join(folder, 'kept')));
  write('fleet.yaml', FLEET);
  write('plain.yaml', PLAIN);
});
afterEach(async () => {
  await served.server.close();
  world[Symbol.dispose]();
  rmSync(folder, { recursive: true });
});

function write(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  return path;
}

const report = (...args: readonly string[]) => served.run('reports', ...args);
const publish = (...names: readonly string[]) =>
  report('publish', ...names.map((name) => join(folder, name)));

test('files are published, and listed with when they are made next', async () => {
  expect((await report('list')).stdout).toBe('there are none');
  const published = await publish('fleet.yaml', 'plain.yaml');
  expect([published.stdout, published.stderr]).toEqual([
    'published fleet, next made 5 Jan 2026, 07:00\npublished plain',
    '2 reports published',
  ]);
  expect((await report('list')).stdout).toBe(
    [
      'REPORT  OF       NEXT               TITLE',
      'fleet   devices  5 Jan 2026, 07:00  The fleet',
      'plain   devices                     plain',
    ].join('\n'),
  );
  const json = await report('publish', join(folder, 'plain.yaml'), '--json');
  expect(JSON.parse(json.stdout)).toEqual({ published: [{ name: 'plain' }] });
  expect(JSON.parse((await report('list', '--json')).stdout)).toMatchObject({
    reports: [{ name: 'fleet', dueAt: '2026-01-05T06:00:00.000Z' }, { name: 'plain' }],
  });
});

test('show tells what a report is, and what was made of it last', async () => {
  await publish('fleet.yaml', 'plain.yaml');
  expect((await report('show', 'fleet')).stdout.split('\n')).toEqual([
    'fleet  The fleet',
    'about      Where our pumps are.',
    'of         devices',
    'schedule   0 7 * * mon (Europe/Berlin), next 5 Jan 2026, 07:00',
    'published  2026-01-01 00:00:00 UTC',
  ]);
  expect((await report('show', 'plain')).stdout).toContain('schedule   none');
  expect(JSON.parse((await report('show', 'fleet', '--json')).stdout)).toMatchObject({
    name: 'fleet',
    made: [],
  });
  expect(await report('show', 'nobody')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(/SW4221[\s\S]*there is no report "nobody"/),
  });
});

test.each([
  [[], /^The fleet\n/],
  [['--format', 'csv'], /^zone,devices\r\nberlin,2\r\nporto,1$/],
  [['--format', 'html'], /^<!doctype html>/],
  [['--json'], /"totals": \{/],
  [['--last', '1d'], /31 Dec 2025, 01:00 to 1 Jan 2026, 01:00 \(Europe\/Berlin\)/],
  [['--from', '2025-12-01', '--to', '2025-12-08'], /1 Dec 2025, 00:00 to 8 Dec 2025, 00:00/],
] as const)('a published report is made with %j', async (args, told) => {
  await publish('fleet.yaml');
  expect(await report('make', 'fleet', ...args)).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(told),
  });
});

test('at a terminal it is a table with totals, and no line of it is longer than 80 columns', async () => {
  await publish('fleet.yaml');
  const { stdout } = await report('make', 'fleet');
  expect(stdout.split('\n').slice(2)).toEqual([
    'ZONE    DEVICES',
    'berlin        2',
    'porto         1',
    'All           3',
    '3 records of 3 read',
  ]);
  for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});

test.each([
  [
    'of no records it says so',
    'filters: { zone: nowhere }\ngroupBy: { zone: zone }',
    [/There are no records in this period\.\n0 records of 3 read$/],
  ],
  ['without groups, no records are one line', 'filters: { zone: nowhere }', [/DEVICES\n\s+0\n/]],
  ['without groups there is no line of totals', 'groupBy: { }', [/DEVICES\n\s+3\n3 records of 3 read$/]],
  [
    'two groups have one word for all, and what is not there is a dash',
    'groupBy: { zone: zone, site: tags.site }',
    [/^All\s+3$/m, /^berlin\s+–\s+2$/m],
  ],
  [
    'of what is not known, the totals are a dash, too',
    'groupBy: { zone: zone }\nmeasures: { silent: { mean: silentMs } }',
    [/^All\s+–$/m],
  ],
  ['what could not be told is noted', "where: '$number(zone) > 1'", [/^note: .*could not be told of 3/m]],
])('%s', async (_what, line, told) => {
  const own = line.includes('measures') ? PLAIN.replace(/measures.*\n/, '') : PLAIN;
  const file = write('own.yaml', `${own}${line}\n`);
  const { exitCode, stdout } = await report('make', file);
  expect(exitCode).toBe(0);
  for (const words of told) expect(stdout).toMatch(words);
});

test('of more rows than anybody reads, the terminal shows 200, and says how many there are besides', async () => {
  for (let number = 0; number < 205; number++)
    await registerDevice(world.ports, { id: `d${number}`, zone: `z${number}` });
  const { stdout } = await report('make', join(folder, 'fleet.yaml'));
  expect(stdout).toContain('7 more rows: --format csv or html has them all');
  expect(stdout.split('\n').filter((row) => /^(z\d+|berlin|porto) /.test(row))).toHaveLength(200);
});

test.each([
  ['page.html', [], /^<!doctype html>/, 'html'],
  ['page.htm', [], /^<!doctype html>/, 'html'],
  ['table.csv', [], /^devices\r\n3\r\n$/, 'csv'],
  ['table.txt', [], /^<!doctype html>/, 'html'],
  ['table.txt', ['--format', 'json'], /^\{"report":"plain"/, 'json'],
] as const)('a file %s with %j is written in its format', async (name, args, text, format) => {
  const out = join(folder, name);
  const written = await report('make', join(folder, 'plain.yaml'), ...args, '--out', out);
  expect([written.exitCode, written.stdout, written.stderr]).toEqual([0, '', `wrote ${out}`]);
  expect(readFileSync(out, 'utf8')).toMatch(text);
  const json = await report('make', join(folder, 'plain.yaml'), ...args, '--out', out, '--json');
  expect(JSON.parse(json.stdout)).toEqual({ file: out, format });
});

test('what was made and kept is listed, and read as it was then', async () => {
  await publish('fleet.yaml');
  expect((await report('made', 'fleet')).stdout).toBe('nothing was made of it yet');
  const { document } = await served.calls.good('POST', '/v1/reports/fleet/made');
  const { id } = KeptReportDocument.parse(document);
  await putMade(world.ports.table, {
    ...{
      report: 'fleet',
      id: '20251201T060000Z',
      title: 'The fleet',
      timezone: 'UTC',
      madeAt: world.clock.now(),
    },
    ...{
      from: 0,
      to: 1,
      by: 'schedule',
      dueAt: 1,
      formats: [],
      rows: 0,
      counted: 0,
      totals: [],
      notices: [],
    },
    error: 'no room',
  });
  expect((await report('made', 'fleet')).stdout).toBe(
    [
      'MADE                   BY        RECORDS  ROWS  AS         NOTES',
      `${id}  request   3        2     html, csv`,
      '20251201T060000Z       schedule  0        0                no room',
    ].join('\n'),
  );
  expect((await report('show', 'fleet')).stdout).toContain(`${id}  request`);
  expect(JSON.parse((await report('made', 'fleet', '--json')).stdout)).toMatchObject({
    made: [{ id }, { error: 'no room' }],
  });
  expect((await report('made', 'fleet', id)).stdout).toMatch(/^<!doctype html>/);
  expect((await report('made', 'fleet', id, '--format', 'csv')).stdout).toContain('berlin,2');
  const out = join(folder, 'then.csv');
  await report('made', 'fleet', id, '--out', out);
  expect(readFileSync(out, 'utf8')).toContain('berlin,2');
  expect(await report('made', 'fleet', id, '--format', 'json')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('SW4222'),
  });
});

test.each([
  ['a file without reports', 'mark.yaml', /SW1007[\s\S]*has no reports[\s\S]*folder "reports"/],
  ['a folder with two', 'two', /SW1007[\s\S]*more than one report[\s\S]*name one file/],
  ['a file with errors', 'broken.yaml', /SW1851[\s\S]*did you mean "zone"/],
  ['a file that is not there', 'none.yaml', /SW1000[\s\S]*cannot be read/],
])('%s is not made, and what to do is told', async (_what, name, told) => {
  write('mark.yaml', 'stepwright: 1\nname: mark\nversion: 1.0.0\nsteps: [{ id: mark, set: { x: 1 } }]\n');
  write('broken.yaml', FLEET.replace('zone: zone', 'zone: zoen'));
  write('two/reports/a.yaml', PLAIN);
  write('two/reports/b.yaml', PLAIN.replace('plain', 'other'));
  expect(await report('make', join(folder, name))).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(told),
  });
});

test('of a folder with files of all kinds, its report is made', async () => {
  write('mixed/reports/plain.yaml', PLAIN);
  write('mixed/decisions/pick.yaml', readFileSync('workflows/decisions/site-risk.yaml', 'utf8'));
  const { stdout, stderr } = await report('make', join(folder, 'mixed'), '--format', 'csv');
  expect([stdout, stderr]).toEqual(['devices\r\n3', '']);
});

test.each([
  [['make', 'fleet', '--last', '7d', '--from', '2026-01-01'], /cannot be used with/],
  [['make', 'fleet', '--format', 'pdf'], /Allowed choices are html, csv, json/],
])('%j is refused', async (args, told) => {
  expect(await report(...args)).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(told) });
});

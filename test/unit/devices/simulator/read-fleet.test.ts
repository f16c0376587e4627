import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Source } from '#definition/source.ts';
import { type Fleet, readFleet } from '#devices/simulator/read-fleet.ts';

const ROOT = join(import.meta.dirname, '../../../..');
const HEAD = 'stepwright: 1\nfleet: berlin\n';

function read(text: string): ReturnType<typeof readFleet> {
  return readFleet(Source.parse('fleet.yaml', text));
}

function fleetOf(text: string): Fleet {
  const { fleet, diagnostics } = read(HEAD + text);
  expect(diagnostics).toEqual([]);
  if (fleet === undefined) throw new Error('there is no fleet');
  return fleet;
}

test('a device has what is written of it', () => {
  const fleet = fleetOf(`
seed: 7
devices:
  - id: pump-1
    type: pump
    zone: berlin/hall-2
    capabilities: { ota: 2.1.0 }
    tags: { site: berlin }
    reported: { firmware: 1.9.0, battery: 80 }
    connected: false
`);
  expect(fleet).toMatchObject({
    name: 'berlin',
    seed: 7,
    devices: [
      {
        id: 'pump-1',
        type: 'pump',
        zone: 'berlin/hall-2',
        capabilities: { ota: '2.1.0' },
        tags: { site: 'berlin' },
        reported: { firmware: '1.9.0', battery: 80 },
        connected: false,
      },
    ],
  });
});

test('what is not written has its default: a device that connects, answers at once and never fails', () => {
  const { seed, devices } = fleetOf('devices: [{ id: lamp }]');
  expect(seed).toBe(0);
  expect(devices).toEqual([
    {
      id: 'lamp',
      type: undefined,
      zone: undefined,
      capabilities: {},
      tags: {},
      reported: {},
      connected: true,
      behaviour: {
        ...{ lose: 0, duplicate: 0, reorder: 0, flap: 0, brick: 0, clockSkewMs: 0 },
        commands: new Map(),
        otherwise: {
          latency: { minMs: 0, maxMs: 0 },
          fail: 0,
          error: 'Device.Failed',
          sets: {},
          result: null,
        },
      },
    },
  ]);
});

test('an entry with a count stands for as many devices, counted from 1', () => {
  const { devices } = fleetOf('devices: [{ id: "a-{n}", count: 3 }, { id: "b-{n}" }, { id: c }]');
  expect(devices.map(({ id }) => id)).toEqual(['a-1', 'a-2', 'a-3', 'b-1', 'c']);
});

test("a device's own behaviour takes the place of the same parts of the behaviour of all", () => {
  const { devices } = fleetOf(`
devices:
  - id: own
    behaviour:
      lose: 0.5
      commands: { check: { fail: 1 } }
  - id: usual
behaviour:
  latency: { min: 5ms, max: 40ms }
  lose: 0.1
  duplicate: 0.2
  clockSkew: 1m
  commands:
    install: { latency: 1s, error: Device.Rejected, sets: { on: true }, result: done }
    check: { fail: 0.25, result: fine }
`);
  const [own, usual] = devices.map(({ behaviour }) => behaviour);
  const latency = { minMs: 5, maxMs: 40 };
  expect(own).toMatchObject({ lose: 0.5, duplicate: 0.2, clockSkewMs: 60_000, otherwise: { latency } });
  expect(usual).toMatchObject({ lose: 0.1, duplicate: 0.2, clockSkewMs: 60_000 });
  const install = {
    latency: { minMs: 1_000, maxMs: 1_000 },
    fail: 0,
    error: 'Device.Rejected',
    sets: { on: true },
    result: 'done',
  };
  expect(own?.commands.get('install')).toEqual(install);
  expect(usual?.commands.get('install')).toEqual(install);
  expect(own?.commands.get('check')).toMatchObject({ fail: 1, result: null, latency });
  expect(usual?.commands.get('check')).toMatchObject({ fail: 0.25, result: 'fine', latency });
});

test('a text that is no YAML is told as such', () => {
  expect(read('devices: [')).toMatchObject({ fleet: undefined, diagnostics: [{ code: 'SW1001' }] });
});

test.each([
  ['a key that there is not', 'devices: [{ id: a }]\nseeds: 1', 'SW1101', 'seeds', '4:1'],
  ['no devices', 'seed: 1', 'SW1102', 'devices', '1:1'],
  ['an empty list of devices', 'devices: []', 'SW1103', 'devices', '3:10'],
  ['a chance above 1', 'devices: [{ id: a }]\nbehaviour: { lose: 2 }', 'SW1103', 'behaviour.lose', '4:20'],
  [
    'a number for a version',
    'devices: [{ id: a, capabilities: { ota: 2.1 } }]',
    'SW1103',
    'devices[0].capabilities.ota',
    '3:41',
  ],
])('a fleet file with %s is of the wrong shape', (_what, text, code, path, place) => {
  const [first] = read(HEAD + text).diagnostics;
  expect(first).toMatchObject({ code, path });
  expect(`${first?.line}:${first?.column}`).toBe(place);
});

const FAULTS = [
  {
    code: 'SW2001',
    text: 'devices: [{ id: "a-{n}", count: 3 }, { id: a-2 }]',
    place: '3:44 devices[1].id',
    message: 'there is another device "a-2" before',
  },
  {
    code: 'SW2002',
    text: 'devices: [{ id: "a-{n}", count: 9000 }, { id: "b-{n}", count: 1001 }]',
    place: '3:1 devices',
    message: 'the fleet has 10001 devices, and a fleet file may have 10000',
  },
  {
    code: 'SW2003',
    text: 'devices: [{ id: sensor, count: 2 }]',
    place: '3:17 devices[0].id',
    message: '"sensor" stands for 2 devices, and gives all the same id',
  },
  {
    code: 'SW2004',
    text: 'devices: [{ id: "hall 1/pump" }]',
    place: '3:17 devices[0].id',
    message: '"hall 1/pump" is no id of a device',
  },
  {
    code: 'SW2005',
    text: 'devices: [{ id: a }]\nbehaviour:\n  commands:\n    install: { result: { at: ["{% $with. %}"] } }',
    place: '6:40 behaviour.commands.install.result.at[0]',
    message: 'Unexpected end of expression',
  },
  {
    code: 'SW2006',
    text: 'devices: [{ id: a, behaviour: { commands: { c: { sets: { on: "{% $wiht.on %}" } } } } }]',
    place: '3:66 devices[0].behaviour.commands.c.sets.on',
    message: 'there is no name $wiht in a fleet file',
  },
  {
    code: 'SW2006',
    text: 'devices: [{ id: a }]\nbehaviour: { commands: { c: { result: "{% $randon() %}" } } }',
    place: '4:43 behaviour.commands.c.result',
    message: 'there is no function $randon in a fleet file',
  },
  {
    code: 'SW2007',
    text: 'devices: [{ id: a }]\nbehaviour: { latency: { min: 1s, max: 20ms } }',
    place: '4:23 behaviour.latency',
    message: 'the shortest latency 1s is longer than the longest, 20ms',
  },
  {
    code: 'SW2007',
    text: 'devices: [{ id: a }]\nbehaviour: { commands: { c: { latency: { min: 2ms, max: 1ms } } } }',
    place: '4:40 behaviour.commands.c.latency',
    message: 'the shortest latency 2ms is longer than the longest, 1ms',
  },
];

test.each(FAULTS)('$code at its place: $message', ({ code, text, place, message }) => {
  const { fleet, diagnostics } = read(HEAD + text);
  expect(fleet).toBeUndefined();
  const told = diagnostics.map((found) => ({
    code: found.code,
    place: `${found.line}:${found.column} ${found.path}`,
    message: found.message,
  }));
  expect(told).toEqual([{ code, place, message: expect.stringContaining(message) }]);
});

test('all that is wrong is told at once', () => {
  const text = 'devices: [{ id: a }, { id: a }, { id: "?" }]\nbehaviour: { latency: { min: 2s, max: 1s } }';
  expect(read(HEAD + text).diagnostics.map(({ code }) => code)).toEqual(['SW2001', 'SW2004', 'SW2007']);
});

test.each([...new Set(FAULTS.map(({ code }) => code))])('%s has a page', (code) => {
  const page = join(ROOT, `docs/errors/${code}.md`);
  expect(existsSync(page) ? readFileSync(page, 'utf8') : '').toMatch(new RegExp(`^# ${code}: `));
});

test('the fleets that are shipped are valid', () => {
  const file = join(ROOT, 'workflows/fleets/berlin.yaml');
  const { fleet, diagnostics } = readFleet(Source.parse(file, readFileSync(file, 'utf8')));
  expect(diagnostics).toEqual([]);
  expect(fleet?.devices).toHaveLength(12);
});

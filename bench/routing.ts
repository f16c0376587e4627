/**
 * `npm run bench:routing`: how long it takes to choose a device of 100,000, by each strategy, and how fair the choices are.
 * Prints a table, and writes bench/results/routing.json. `--devices N` measures on another fleet, and writes nothing.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Route, RouteSchema, STRATEGIES } from '#compiler/route-payload.ts';
import { seededRandom } from '#core/random.ts';
import { type Device, DeviceSchema, toDeviceItem } from '#devices/device.ts';
import { chooseDevice } from '#routing/choose.ts';
import { ringEntries } from '#routing/rings.ts';
import type { RoutingPorts } from '#routing/select.ts';
import { newWalk } from '#routing/walk.ts';
import { Database } from '#storage/database.ts';
import { SqliteTable } from '#table/sqlite.ts';
import { type Distribution, distribution, repeatMs, round, timeMs } from './measure.ts';
import { machineLine, thisMachine } from './this-machine.ts';

const WHOLE_FLEET = 100_000;
const LOT = 2_000;
const CHOICES = 300;
const WARM_UP = 50;
const FAIR_DEVICES = 10;
const FAIR_CHOICES = 40_000;
const NOW = Date.UTC(2026, 0, 1);

/** A device of a large fleet: 50 sites of 4 halls, three in four of them online. */
function deviceAt(n: number): Device {
  return DeviceSchema.parse({
    id: `device-${n}`,
    type: 'sensor',
    zone: `site-${n % 50}/hall-${Math.floor(n / 50) % 4}`,
    capabilities: { ota: n % 10 === 0 ? '1.9.0' : '2.1.0', read: '1.2.0' },
    tags: { line: `line-${n % 3}`, power: String(1 + (n % 4)) },
    reported: { firmware: '1.9.0', battery: n % 101 },
    status: n % 4 === 3 ? 'offline' : 'online',
    registeredAt: NOW,
  });
}

async function register(table: SqliteTable, count: number): Promise<void> {
  for (let start = 0; start < count; start += LOT) {
    const lot = Array.from({ length: Math.min(LOT, count - start) }, (_, at) => deviceAt(start + at));
    await table.putAll(lot.flatMap((device) => [toDeviceItem(device), ...ringEntries(device)]));
  }
}

/** What is asked for: everywhere, and in one hall of one site with a condition. */
const WISHES = {
  'one capability': { requires: { ota: '>=2' } },
  'two, a zone, a tag': { requires: { ota: '>=2', read: '*' }, zone: 'site-7', tags: { line: 'line-1' } },
  'a condition': { requires: { ota: '>=2' }, where: 'reported.battery > 20' },
} as const;

function routeFor(strategy: Route['strategy'], wish: object, n: number): Route {
  return RouteSchema.parse({
    alternatives: [wish],
    strategy,
    ...(strategy === 'sticky' ? { key: `customer-${n}` } : {}),
    ...(strategy === 'weighted' ? { weight: '$number(tags.power)' } : {}),
  });
}

async function choose(ports: RoutingPorts, route: Route, n: number): Promise<string> {
  const request = { bindings: {}, command: `c${n}`, overAt: NOW, tried: [], passed: [], now: NOW };
  return (await chooseDevice(ports, { ...request, route })).trace.chosen;
}

interface Measured {
  readonly strategy: Route['strategy'];
  readonly wish: string;
  readonly chooseMs: Distribution;
  /** Time of the process's own: what others do on the machine meanwhile does not count. */
  readonly cpuMs: Distribution;
}

async function measure(ports: RoutingPorts): Promise<Measured[]> {
  const measured: Measured[] = [];
  for (const [wish, fields] of Object.entries(WISHES)) {
    for (const strategy of STRATEGIES) {
      const cpu: number[] = [];
      const samples = await repeatMs(CHOICES, WARM_UP, async (n) => {
        const before = process.cpuUsage();
        await choose(ports, routeFor(strategy, fields, n), n);
        const { user, system } = process.cpuUsage(before);
        if (n >= WARM_UP) cpu.push((user + system) / 1_000);
      });
      measured.push({ strategy, wish, chooseMs: distribution(samples), cpuMs: distribution(cpu) });
    }
  }
  return measured;
}

interface Fairness {
  readonly strategy: Route['strategy'];
  /** Furthest that the share of a device is from its ideal, in percent of that. */
  readonly furthestPercent: number;
}

/** How far the shares of a few devices are from what is ideal: all alike, or in proportion to their weights. */
async function fairness(): Promise<Fairness[]> {
  const found: Fairness[] = [];
  for (const strategy of ['least-loaded', 'round-robin', 'random', 'weighted'] as const) {
    const database = new Database(':memory:');
    const table = new SqliteTable(database);
    const devices = Array.from({ length: FAIR_DEVICES }, (_, n) => ({
      ...deviceAt(n),
      status: 'online' as const,
      capabilities: { ota: '2.0.0' },
    }));
    await table.putAll(devices.flatMap((device) => [toDeviceItem(device), ...ringEntries(device)]));
    const ports = { table, random: seededRandom(7), walk: newWalk() };
    const counts = new Map<string, number>();
    for (let n = 0; n < FAIR_CHOICES; n++) {
      const chosen = await choose(ports, routeFor(strategy, {}, n), n);
      counts.set(chosen, (counts.get(chosen) ?? 0) + 1);
    }
    const weights = devices.map(({ tags }) => (strategy === 'weighted' ? Number(tags['power']) : 1));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const off = devices.map(({ id }, n) => {
      const ideal = (FAIR_CHOICES * (weights[n] ?? 1)) / total;
      return Math.abs((counts.get(id) ?? 0) - ideal) / ideal;
    });
    found.push({ strategy, furthestPercent: round(100 * Math.max(...off)) });
    database.close();
  }
  return found;
}

function printTable(measured: readonly Measured[], fair: readonly Fairness[]): void {
  const titles = ['p50 ms', 'p95 ms', 'CPU p50', 'CPU p95'].map((title) => title.padStart(9)).join('');
  console.log(`${'wish'.padEnd(20)}${'strategy'.padEnd(16)}${titles}`);
  for (const { wish, strategy, chooseMs, cpuMs } of measured) {
    const times = [chooseMs.p50, chooseMs.p95, cpuMs.p50, cpuMs.p95];
    const cells = times.map((time) => String(time).padStart(9)).join('');
    console.log(`${wish.padEnd(20)}${strategy.padEnd(16)}${cells}`);
  }
  for (const { strategy, furthestPercent } of fair) {
    console.log(`fairness            ${strategy.padEnd(16)}${`${furthestPercent} %`.padStart(9)}`);
  }
}

const { values } = parseArgs({ options: { devices: { type: 'string' } } });
const devices = Number(values.devices ?? WHOLE_FLEET);
const folder = mkdtempSync(join(tmpdir(), 'stepwright-routing-'));
const database = new Database(join(folder, 'bench.db'));
const table = new SqliteTable(database);
const registerMs = round(await timeMs(() => register(table, devices)));
const measured = await measure({ table, random: seededRandom(1), walk: newWalk() });
database.close();
rmSync(folder, { recursive: true });
const fair = await fairness();
const date = new Date().toISOString();
console.log(`${devices} devices, put there in ${registerMs} ms; ${machineLine(thisMachine(), date)}`);
printTable(measured, fair);
if (values.devices === undefined) {
  const result = {
    date,
    machine: thisMachine(),
    devices,
    registerMs,
    choices: CHOICES,
    measured,
    fairness: fair,
  };
  const path = join(import.meta.dirname, 'results/routing.json');
  writeFileSync(path, `${JSON.stringify(result, null, 2)}\n`);
}

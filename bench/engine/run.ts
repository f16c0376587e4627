/**
 * `npm run bench:engine [-- --quick] [-- --only NAME]`: the embedded engine against its rivals and against the floor, and
 * measures of its own. Prints a table, and writes bench/results/engine.json (not with --only or --quick).
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { thisMachine } from '../this-machine.ts';
import { type EngineReport, OwnFiguresSchema, type PeerReport } from './figures.ts';
import type { Amount } from './measure-peer.ts';
import { PEERS, type PeerEntry } from './peers.ts';
import { runOwn, runPeer } from './run-alone.ts';
import { printReport } from './table.ts';

const OWN = ['waiting', 'payload', 'stored', 'monitoring'];
const FULL: Amount = { latencies: 100, warmUp: 20, workflows: 1_000, concurrency: 1_000, repeats: 3 };
const QUICK: Amount = { latencies: 20, warmUp: 5, workflows: 200, concurrency: 200, repeats: 1 };
/** Of each peer, in turns, so that a bad moment of the machine meets all. */
const REPEATS = 3;
const QUICK_SCALE = 0.1;

const say = (line: string): void => console.error(line);
const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
  },
});
const names = [...PEERS.map(({ name }) => name), ...OWN];
const unknown = values.only.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  say(`there is no ${unknown.join(', ')} here; --only takes: ${names.join(', ')}`);
  process.exit(2);
}
const isWanted = (name: string): boolean => values.only.length === 0 || values.only.includes(name);

const peers = PEERS.filter(({ name }) => isWanted(name)).map(prepare);
for (let repeat = 0; repeat < (values.quick ? 1 : REPEATS); repeat++) {
  for (const { entry, report } of peers) if (report.notHere === undefined) await measure(entry, report);
}
const own: Record<string, unknown> = {};
for (const name of OWN.filter(isWanted)) {
  say(name);
  own[name] = await runOwn(name, values.quick ? QUICK_SCALE : 1);
}

const report: EngineReport = {
  date: new Date().toISOString(),
  quick: values.quick,
  machine: thisMachine(),
  peers: peers.map(({ report }) => report),
  own: OwnFiguresSchema.parse(own),
};
if (values.only.length === 0 && !values.quick) {
  const file = join(import.meta.dirname, '../results/engine.json');
  writeFileSync(file, `${JSON.stringify(report, undefined, 2)}\n`);
}
console.log(printReport(report));

interface Prepared {
  readonly entry: PeerEntry;
  report: PeerReport;
}

function prepare(entry: PeerEntry): Prepared {
  const notHere = entry.prepare?.(say);
  return { entry, report: { name: entry.name, runs: [], ...(notHere === undefined ? {} : { notHere }) } };
}

/** A peer that fails is not measured again; the others are. */
async function measure(entry: PeerEntry, report: PeerReport): Promise<void> {
  say(entry.name);
  const amount = values.quick ? QUICK : FULL;
  const smaller = Object.entries(entry.amount ?? {}).map(([key, value]) => [key, value] as const);
  try {
    report.runs.push(await runPeer(entry.file, { ...amount, ...Object.fromEntries(smaller) }));
  } catch (error) {
    report.notHere = error instanceof Error ? error.message : String(error);
  }
}

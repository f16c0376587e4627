/**
 * `npm run simulate:engine -- [--seeds N] [--from K] [--trace]`: runs the engine through crashes and faults, by seed, and
 * tells of what did not hold. The same seed does the same each time.
 */
import { parseArgs } from 'node:util';
import { simulate } from './simulate.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    trace: { type: 'boolean', default: false },
  },
});
const [from, seeds] = [Number(values.from), Number(values.seeds)];
const began = performance.now();
const totals = { executions: 0, deaths: 0, calls: 0, redrives: 0, compared: 0, failed: 0 };
const statuses: Record<string, number> = {};
for (let seed = from; seed < from + seeds; seed++) {
  const outcome = await simulate(seed, values.trace ? (line) => console.log(line) : undefined);
  totals.executions += outcome.executions;
  totals.deaths += outcome.deaths;
  totals.calls += outcome.calls;
  totals.redrives += outcome.redrives;
  totals.compared += outcome.compared;
  for (const status of outcome.statuses) statuses[status] = (statuses[status] ?? 0) + 1;
  if (outcome.violations.length === 0) continue;
  totals.failed++;
  console.log(`seed ${seed}: ${outcome.violations[0]}`);
}
const seconds = (performance.now() - began) / 1_000;
console.log(`${seeds} seeds in ${seconds.toFixed(1)} s`, totals, statuses);
if (totals.failed > 0) {
  console.log('replay one with: npm run simulate:engine -- --from SEED --seeds 1 --trace');
  process.exitCode = 1;
}

/**
 * `npm run simulate:workflows -- [--runs N] [--from K]`: runs workflows of the project under the standard mix of faults, by seed, and
 * tells how many ended, and why the others did not. The same seed does the same each time.
 */
import { parseArgs } from 'node:util';
import { rehearse } from '#rehearsal/rehearse.ts';
import { Summariser } from '#rehearsal/summary.ts';
import { standardScenarios } from './scenarios.ts';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '2000' }, from: { type: 'string', default: '1' } },
});
const [from, runs] = [Number(values.from), Number(values.runs)];
const scenarios = standardScenarios();
const all = new Summariser();
const each = new Map(scenarios.map(([name]) => [name, new Summariser()]));
const began = performance.now();
for (let seed = from; seed < from + runs; seed++) {
  const [name, rehearsed] = scenarios[seed % scenarios.length] ?? [];
  if (name === undefined || rehearsed === undefined) continue;
  const run = await rehearse(rehearsed, seed);
  all.add(run);
  each.get(name)?.add(run);
  for (const { promise, text } of run.violations) console.log(`seed ${seed} ${name}: ${promise}: ${text}`);
}
const seconds = (performance.now() - began) / 1_000;
for (const [name, summariser] of each) {
  const outcomes = summariser
    .summary()
    .outcomes.map(
      ({ status, runs: count, reason }) =>
        `  ${count} ${status}${reason === undefined ? '' : ` (${reason})`}`,
    );
  console.log([name, ...outcomes].join('\n'));
}
const { promises, outcomes, faults } = all.summary();
console.log(`${runs} executions in ${seconds.toFixed(1)} s, ${(runs / seconds).toFixed(0)} a second`, faults);
const broken = Object.entries(promises).filter(([, times]) => times > 0);
console.log('promises:', promises);
const ended = outcomes
  .filter(({ status }) => status !== 'NEVER_ENDED')
  .reduce((sum, one) => sum + one.runs, 0);
console.log(`ended with a status that says what is true: ${((ended / runs) * 100).toFixed(3)} %`);
if (broken.length > 0) process.exitCode = 1;

/**
 * `npm run bench`: the first figures of the embedded runtime, on disk, with fsync. Prints a table, and writes
 * bench/results/embedded.json with the machine and the date.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { EmbeddedEngine } from '#engine/embedded/engine.ts';
import { evaluate } from '#expression/evaluate.ts';
import { Database } from '#storage/database.ts';
import { measureCommands } from './commands.ts';
import { BRANCH_MS, branches, FIVE_STEPS } from './machines.ts';
import { distribution, repeatMs, round, timeMs } from './measure.ts';
import { machineLine, thisMachine } from './this-machine.ts';

const AT_ONCE = 1_000;
const BRANCHES = 20;
const CONDITION = "$device.status = 'online' and $device.battery > 20 and $device.zone = 'berlin/hall-2'";

const folder = mkdtempSync(join(tmpdir(), 'stepwright-bench-'));
const database = new Database(join(folder, 'bench.db'));
const engine = new EmbeddedEngine({
  database,
  functions: {
    NoOpFunctionArn: async () => 1,
    SlowFunctionArn: async () => {
      await pause(BRANCH_MS);
      return 1;
    },
  },
});

let started = 0;
async function runToEnd(machine: string): Promise<void> {
  const ref = { machine, name: `run-${started++}` };
  await engine.start(ref, {});
  const { status } = await engine.whenEnded(ref);
  if (status !== 'SUCCEEDED') throw new Error(`${ref.name} ended ${status}`);
}

/** The least that durability costs: one commit to the same disk. */
async function measureCommit(): Promise<number[]> {
  database.sqlite.exec('CREATE TABLE floor (value TEXT)');
  const insert = database.sqlite.prepare('INSERT INTO floor VALUES (?)');
  return repeatMs(200, 20, () => database.commit(() => insert.run('x')));
}

async function measureAtOnce(): Promise<number> {
  const runs: Promise<void>[] = [];
  const took = await timeMs(() => {
    for (let index = 0; index < AT_ONCE; index++) runs.push(runToEnd(FIVE_STEPS.name));
    return Promise.all(runs);
  });
  return took;
}

async function measureBranches(): Promise<number[]> {
  return repeatMs(10, 2, () => runToEnd(`branches-${BRANCHES}`));
}

async function measureCondition(): Promise<number[]> {
  const device = { status: 'online', battery: 80, zone: 'berlin/hall-2' };
  const batch = 1_000;
  const samples = await repeatMs(20, 5, async () => {
    for (let index = 0; index < batch; index++) await evaluate(CONDITION, { bindings: { device } });
  });
  return samples.map((ms) => (ms * 1_000) / batch);
}

try {
  await engine.deploy(FIVE_STEPS);
  await engine.deploy(branches(BRANCHES));
  const commit = distribution(await measureCommit());
  const latency = distribution(await repeatMs(300, 50, () => runToEnd(FIVE_STEPS.name)));
  const atOnceMs = await measureAtOnce();
  const parallel = distribution(await measureBranches());
  const condition = distribution(await measureCondition());
  const commands = await measureCommands(folder);
  const report = {
    date: new Date().toISOString(),
    machine: thisMachine(),
    commitMs: commit,
    fiveStepsMs: latency,
    fiveStepsInCommits: round(latency.mean / commit.mean),
    atOnce: {
      workflows: AT_ONCE,
      wallMs: round(atOnceMs),
      workflowsPerSecond: round((AT_ONCE * 1_000) / atOnceMs),
    },
    branches: {
      branches: BRANCHES,
      branchMs: BRANCH_MS,
      ms: parallel,
      speedUp: round((BRANCHES * BRANCH_MS) / parallel.mean),
    },
    conditionUs: condition,
    commands,
  };
  writeFileSync(
    join(import.meta.dirname, 'results/embedded.json'),
    `${JSON.stringify(report, undefined, 2)}\n`,
  );
  const row = (what: string, value: string, target: string): string =>
    `${what.padEnd(46)}${value.padEnd(22)}${target}`;
  console.log(
    [
      machineLine(report.machine, report.date),
      '',
      row('', 'measured', 'target'),
      row('one durable commit (baseline), mean', `${commit.mean} ms`, ''),
      row(
        'durable 5-step no-op workflow, mean',
        `${latency.mean} ms (${report.fiveStepsInCommits} commits)`,
        '< 50 ms',
      ),
      row('durable 5-step no-op workflow, p95', `${latency.p95} ms`, ''),
      row(`${AT_ONCE} such workflows started at once`, `${report.atOnce.workflowsPerSecond} workflows/s`, ''),
      row(
        `${BRANCHES} branches of ${BRANCH_MS} ms over sequential`,
        `${report.branches.speedUp}x`,
        '>= 10x (aim 18x)',
      ),
      row('decision of one condition, mean', `${condition.mean} us`, '< 10 ms (aim 50 us)'),
      row('durable 5-command workflow over MQTT, mean', `${commands.fiveCommandsMs.mean} ms`, ''),
      row('commands of 100 devices at once', `${commands.fleet.commandsPerSecond} commands/s`, ''),
    ].join('\n'),
  );
} finally {
  engine.close();
  database.close();
  rmSync(folder, { recursive: true, force: true });
}

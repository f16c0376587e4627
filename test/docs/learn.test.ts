import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { publishDecisionText } from '#api/decisions.ts';
import { createProgram } from '#cli/program.ts';
import { seededRandom } from '#core/random.ts';
import { compileDecision, decide } from '#decisions/decision.ts';
import { readDecisionFile } from '#definition/decision/read-decision.ts';
import { Source } from '#definition/source.ts';
import { decideForStep } from '#executions/decide-step.ts';
import { toExecutionItem } from '#executions/execution.ts';
import { joinOutcome } from '#executions/join-outcome.ts';
import { setTrial } from '#executions/trial-store.ts';
import { recordingTerminal } from '#support/recording-terminal.ts';
import { runProgram } from '#support/run-program.ts';
import { type ServedWorld, serveWorld } from '#support/served-world.ts';
import { World } from '#support/world.ts';

const GUIDE = join(import.meta.dirname, '../../docs/guide');
const python = ['python3', 'python'].find((name) => spawnSync(name, ['--version']).status === 0);

let world: World;
let served: ServedWorld;
let folder = '';
beforeAll(async () => {
  world = await World.create();
  served = await serveWorld(world);
  folder = mkdtempSync(join(tmpdir(), 'stepwright-learn-'));
  await decideAndSeeWhatComesOfIt();
});
afterAll(async () => {
  await served.server.close();
  world[Symbol.dispose]();
  rmSync(folder, { recursive: true });
});

const policy = (version: string, percent: number): string => `stepwright: 1
decision: wave-policy
version: ${version}
inputs: { devices: { type: integer }, kind: { type: string, enum: [pump, valve, sensor] } }
outputs: { percent: { type: number } }
expression: { percent: ${percent} }
`;

/** Sensors take half of them at once, others only where they are few; chance spoils one of twelve. */
const isGood = (devices: number, kind: string, percent: number): boolean =>
  percent === 50 ? kind === 'sensor' || devices <= 30 : kind !== 'sensor' && devices > 30;

/** Two versions, of which each decides half of the time, so that there is something to compare. */
async function decideAndSeeWhatComesOfIt(): Promise<void> {
  const { ports, clock } = world;
  await publishDecisionText(ports, policy('1.0.0', 50));
  await publishDecisionText(ports, policy('1.1.0', 5));
  const target = { canary: { version: '1.1.0', percent: 50 } };
  await setTrial(ports, 'wave-policy', { version: '1.0.0', target });
  const random = seededRandom(5);
  for (let at = 0; at < 600; at++) {
    const devices = Math.floor(random() * 100);
    const kind = ['pump', 'valve', 'sensor'][at % 3] ?? '';
    const id = `e${at}`;
    const output = await decideForStep(ports, {
      ...{ taskToken: 't', execution: id, path: 'policy', attempt: 0, timeoutSeconds: 5 },
      ...{ decision: 'wave-policy', version: '1.0.0', input: { devices, kind } },
    });
    const isSpoiled = random() < 1 / 12;
    const percent = Number(JSON.stringify(output).replace(/\D/g, ''));
    const status = isGood(devices, kind, percent) && !isSpoiled ? 'SUCCEEDED' : 'FAILED';
    const ended = { id, workflow: 'w', version: '1.0.0', machine: 'w-1_0_0', status, input: {} } as const;
    await ports.table.put(toExecutionItem({ ...ended, startedAt: clock.now(), endedAt: clock.now() }));
    await joinOutcome(ports.table, id);
    await clock.advance(1_000);
  }
}

test.skipIf(python === undefined)(
  'a model is trained from an export by plain Python, and comes back as a decision that decides better',
  async () => {
    const shown = await served.run('decisions', 'show', 'wave-policy@1.0.0', '--json');
    writeFileSync(join(folder, 'decision.json'), shown.stdout);
    const period = ['--from', '2026-01-01', '--to', '2026-01-02'];
    await served.run(
      'decisions',
      'export',
      'wave-policy',
      ...period,
      '--split',
      'time:0.8',
      '-o',
      join(folder, 'data'),
    );
    const learned = join(folder, 'wave-policy.json');
    const script = join(GUIDE, 'learn/train.py');
    const args = [
      script,
      join(folder, 'decision.json'),
      join(folder, 'data'),
      '--version',
      '1.2.0',
      '-o',
      learned,
    ];
    const told = execFileSync(python ?? '', args, { encoding: 'utf8' });
    expect(told).toMatch(/of 120 decisions of the test, \d+ % went well/);

    expect((await runProgram(['validate', learned])).exitCode).toBe(0);
    expect((await runProgram(['decisions', 'test', learned])).stdout).toContain('1 tests, 0 failed');
    expect((await served.run('decisions', 'publish', learned)).exitCode).toBe(0);
    const file = readDecisionFile(Source.parse(learned, readFileSync(learned, 'utf8')));
    if (file === undefined) throw new Error('no decision was written');
    const decision = compileDecision(file);
    const cases = ['pump', 'valve', 'sensor'].flatMap((kind) =>
      [3, 15, 60, 95].map(async (devices) => {
        const { output } = await decide(decision, { devices, kind });
        return isGood(devices, kind, Number(JSON.stringify(output).replace(/\D/g, '')));
      }),
    );
    expect((await Promise.all(cases)).filter((good) => !good)).toEqual([]);
  },
);

test.runIf(python === undefined)('without Python 3, the training of the guide is not tried', () => {
  process.stderr.write('  learn: there is no Python 3, so that docs/guide/learn/train.py was not run\n');
});

test.skipIf(python === undefined)('data that teaches nothing is refused in a line', () => {
  for (const part of ['train', 'test']) writeFileSync(join(folder, `wave-policy.${part}.jsonl`), '');
  const args = [join(GUIDE, 'learn/train.py'), join(folder, 'decision.json'), folder];
  writeFileSync(join(folder, 'decision.json'), JSON.stringify({ name: 'wave-policy', version: '1.0.0' }));
  const ran = spawnSync(python ?? '', [...args, '--version', '2.0.0', '-o', join(folder, 'none.json')]);
  expect([ran.status, String(ran.stderr)]).toEqual([1, '0 rows of training are too few to learn from\n']);
  expect(existsSync(join(folder, 'none.json'))).toBe(false);
});

test('the guide names verbs and options that there are', () => {
  const text = readFileSync(join(GUIDE, 'learn.md'), 'utf8');
  const program = createProgram(recordingTerminal(), async () => undefined);
  const lines = text.split('\n').filter((line) => /^stepwright (decisions|routes) /.test(line));
  for (const line of lines) {
    const [, group, verb] = line.split(' ');
    const verbs = program.commands.find((command) => command.name() === group)?.commands ?? [];
    const known = verbs.find((command) => command.name() === verb)?.options.map(({ long }) => long);
    expect(known, line).toEqual(expect.arrayContaining(line.match(/--[a-z-]+/g) ?? []));
  }
  expect(lines.length).toBeGreaterThan(8);
});

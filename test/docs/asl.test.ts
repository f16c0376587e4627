import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createProgram } from '#cli/program.ts';
import { recordingTerminal } from '#support/recording-terminal.ts';
import { type Ran, runProgram } from '#support/run-program.ts';

const GUIDE = readFileSync(join(import.meta.dirname, '../../docs/guide/asl.md'), 'utf8');
const [MACHINE = '', MOCKS = ''] = blocksOf('json');
const [COMMAND = ''] = blocksOf('sh');
const [END = '', REFUSAL = ''] = blocksOf('text');

const OF_EVERY_COMMAND = ['--json', '--debug'];

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'guide-'));
  writeFileSync(join(folder, 'mocks.json'), MOCKS);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function blocksOf(language: string): string[] {
  return [...GUIDE.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 'gs'))].map(([, text = '']) => text);
}

/** Runs the command of the guide on a machine, in a folder of its own. */
function runGuide(machine: string): Promise<Ran> {
  writeFileSync(join(folder, 'orders.asl.json'), machine);
  const [, ...words] = COMMAND.trim().split(' ');
  return runProgram(words.map((word) => (word.endsWith('.json') ? join(folder, word) : word)));
}

test('the command of the guide prints what it shows', async () => {
  const { stdout, exitCode } = await runGuide(MACHINE);
  expect(`${stdout}\n`).toBe(END);
  expect(exitCode).toBe(0);
});

test('a misspelt state is told as the guide shows', async () => {
  const { stderr, exitCode } = await runGuide(MACHINE.replace('"Next": "Settle"', '"Next": "Setle"'));
  expect(`${stderr.replaceAll(`${folder}/`, '')}\n`).toBe(REFUSAL);
  expect(exitCode).toBe(2);
});

test('the guide tells every option', () => {
  const program = createProgram(recordingTerminal(), async () => {});
  const options = program.commands.find((command) => command.name() === 'asl')?.options ?? [];
  const names = options.map(({ long }) => long ?? '').filter((name) => !OF_EVERY_COMMAND.includes(name));
  expect(names.length).toBeGreaterThanOrEqual(6);
  expect(names.filter((name) => !GUIDE.includes(`\`${name}`))).toEqual([]);
});

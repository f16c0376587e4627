import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createProgram } from '#cli/program.ts';
import { recordingTerminal } from '#support/recording-terminal.ts';

const ROOT = join(import.meta.dirname, '../..');
const PAGE = readFileSync(join(ROOT, 'docs/guide/versions.md'), 'utf8');

test('the guide tells every verb of workflows, and no other', () => {
  const program = createProgram(recordingTerminal(), async () => {});
  const verbs = program.commands.find((command) => command.name() === 'workflows')?.commands ?? [];
  const told = [...PAGE.matchAll(/^\| `([a-z]+)[` ]/gm)].map(([, verb]) => verb);
  expect(told.toSorted()).toEqual(verbs.map((command) => command.name()).toSorted());
});

test('the differences that the guide shows are some of those that are printed', () => {
  const golden = readFileSync(join(ROOT, 'test/golden/diff/rollout.diff.txt'), 'utf8').split('\n');
  const shown = /```text\n([\s\S]*?)```/.exec(PAGE)?.[1]?.trimEnd().split('\n') ?? [];
  const printed = shown.map((line) => golden.indexOf(line)).filter((_, at) => shown[at] !== '');
  expect(printed.length).toBeGreaterThan(10);
  expect(printed).not.toContain(-1);
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PART_NAMES } from '#cli/profile/part-words.ts';
import { createProgram } from '#cli/program.ts';
import { recordingTerminal } from '#support/recording-terminal.ts';

const GUIDE = join(import.meta.dirname, '../../docs/guide');
const page = (name: string): string => readFileSync(join(GUIDE, name), 'utf8');

test('the guide tells every verb of executions, and no other', () => {
  const program = createProgram(recordingTerminal(), async () => {});
  const verbs = program.commands.find((command) => command.name() === 'executions')?.commands ?? [];
  const [, table = ''] = /\| verb \| does \|\n([\s\S]*?)\n\n/.exec(page('operate.md')) ?? [];
  const told = [...table.matchAll(/^\| `([a-z]+)[` ]/gm)].map(([, verb]) => verb);
  expect(told.toSorted()).toEqual(verbs.map((command) => command.name()).toSorted());
});

test.each(Object.values(PART_NAMES))('the guide says what "%s" means', (words) => {
  expect(page('profile.md')).toContain(`| ${words} |`);
});

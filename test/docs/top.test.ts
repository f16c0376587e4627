import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { createProgram } from '#cli/program.ts';
import { overlayLines } from '#cli/top/view/overlay-lines.ts';
import { recordingTerminal } from '#support/recording-terminal.ts';

const GUIDE = readFileSync(join(import.meta.dirname, '../../docs/guide/top.md'), 'utf8');

test('the guide tells every option', () => {
  const program = createProgram(recordingTerminal(), async () => {});
  const options = program.commands.find((command) => command.name() === 'top')?.options ?? [];
  const names = options.map(({ long }) => long ?? '').filter((name) => name !== '--debug');
  expect(names.length).toBeGreaterThanOrEqual(9);
  expect(names.filter((name) => !GUIDE.includes(`\`${name}`))).toEqual([]);
});

test('the guide tells every key that the help tells', () => {
  const style = { ...recordingTerminal(), now: 0 };
  const help = overlayLines({ overlay: { kind: 'help' } }, {}, style);
  const keys = help.flatMap((line) => /^ {2}([a-z/]) {2,}\S/.exec(line)?.[1] ?? []);
  const [, table = ''] = /\| key \| does \|\n([\s\S]*?)\n\n/.exec(GUIDE) ?? [];
  expect(keys).toEqual(['s', 'z', '/', 'p', 'a', 'x', 'r']);
  expect(keys.filter((key) => !table.includes(`| ${key} |`))).toEqual([]);
});

test('the picture of the guide fits into 80 columns', () => {
  const [, picture = ''] = /```text\n([\s\S]*?)```/.exec(GUIDE) ?? [];
  const lines = picture.trimEnd().split('\n');
  expect(lines.length).toBeGreaterThan(18);
  expect(Math.max(...lines.map((line) => stringWidth(line)))).toBe(80);
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pc from 'picocolors';
import { expect, test } from 'vitest';
import { examineProject } from '#cli/examine-project.ts';
import { formatDiagnostics, summarise } from '#cli/print-diagnostics.ts';
import { MACHINE_CODES } from '#compiler/machine-rules/codes.ts';
import { Source } from '#definition/source.ts';

const ROOT = join(import.meta.dirname, '../..');
const GUIDE = readFileSync(join(ROOT, 'docs/guide/validate.md'), 'utf8');

function blockOf(language: string): string {
  return new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's').exec(GUIDE)?.[1] ?? '';
}

test('the guide shows what validate tells of its example', () => {
  const source = Source.parse('night-round.yaml', blockOf('yaml'));
  const nothing = { folder: '.', file: undefined, neighbours: [], commands: undefined, documents: [] };
  const { diagnostics } = examineProject({ ...nothing, workflows: [source] });
  const style = { paint: pc.createColors(false), columns: 80 };
  const told = formatDiagnostics(diagnostics, new Map([[source.file, source.text]]), style);
  expect(blockOf('text')).toBe(`${told}\n\n${summarise(diagnostics, 1)}\n`);
});

test('the guide names every rule on machines', () => {
  expect(
    Object.keys(MACHINE_CODES).filter((code) => !GUIDE.includes(`[${code}](../errors/${code}.md)`)),
  ).toEqual([]);
});

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { diffCommand } from '#cli/workflows/diff.ts';
import { recordingTerminal } from '#support/recording-terminal.ts';

const HERE = import.meta.dirname;
const EXAMPLE = join(HERE, '../../../workflows/firmware-rollout.yaml');
const UPDATE = process.env['UPDATE_GOLDEN'] === '1';

const CASES = [
  { name: 'rollout', before: join(HERE, 'rollout-1.yaml'), after: join(HERE, 'rollout-2.yaml'), exitCode: 1 },
  { name: 'none', before: EXAMPLE, after: EXAMPLE, exitCode: 0 },
];

const FORMS = [
  { ending: 'txt', json: false },
  { ending: 'json', json: true },
];

describe.each(CASES)('the differences of $name', ({ name, before, after, exitCode }) => {
  test.each(FORMS)('are their golden $ending', async ({ ending, json }) => {
    const terminal = recordingTerminal({ json });
    expect(await diffCommand({ before, after, data: '' }, terminal)).toBe(exitCode);
    const text = `${terminal.printed.join('\n')}\n`;
    const golden = join(HERE, `${name}.diff.${ending}`);
    if (UPDATE) writeFileSync(golden, text);
    expect(existsSync(golden) ? readFileSync(golden, 'utf8') : 'no golden yet: UPDATE_GOLDEN=1').toBe(text);
  });

  test('are no wider than a terminal of 80 columns', async () => {
    const terminal = recordingTerminal();
    await diffCommand({ before, after, data: '' }, terminal);
    expect(terminal.printed.flatMap((text) => text.split('\n')).filter((line) => line.length > 80)).toEqual(
      [],
    );
  });
});

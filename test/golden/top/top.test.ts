import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pc from 'picocolors';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { rowsOf } from '#cli/top/rows.ts';
import { emptyState, type TopState } from '#cli/top/top-state.ts';
import { FIRST_UI, type Ui } from '#cli/top/ui.ts';
import { pictureLines } from '#cli/top/view/picture-lines.ts';
import { busyScene, SCENE_NOW } from '#support/top-scene.ts';

const UPDATE = process.env['UPDATE_GOLDEN'] === '1';

interface Case {
  readonly name: string;
  readonly columns: number;
  readonly rows: number;
  readonly state?: TopState;
  readonly ui?: Partial<Ui>;
}

const CASES: readonly Case[] = [
  { name: 'busy-80x24', columns: 80, rows: 24 },
  { name: 'busy-120x40', columns: 120, rows: 40 },
  { name: 'busy-200x60', columns: 200, rows: 60 },
  { name: 'busy-40x12', columns: 40, rows: 12 },
  { name: 'by-trouble', columns: 80, rows: 24, ui: { sort: 'trouble', by: 'type' } },
  { name: 'alerts-chosen', columns: 40, rows: 12, ui: { pane: 'alerts', filter: 'fail' } },
  { name: 'empty-80x24', columns: 80, rows: 24, state: emptyState('https://plant.example.com', SCENE_NOW) },
  {
    ...{
      name: 'lost-80x24',
      columns: 80,
      rows: 24,
      ui: { isPaused: false, said: 'acknowledged: Rollouts fail' },
    },
    state: {
      ...busyScene(),
      ...{ gaps: 1, connection: { kind: 'lost', since: SCENE_NOW - 12_000, reason: 'code 1006' } },
    },
  },
];

describe.each(CASES)('the picture $name', ({ name, columns, rows, state = busyScene(), ui = {} }) => {
  const setting = { ...FIRST_UI, ...ui };
  const shown = { state, ui: setting, rows: rowsOf(state, setting, SCENE_NOW) };
  const style = { paint: pc.createColors(false), columns, rows, now: SCENE_NOW };
  const { lines } = pictureLines(shown, style);

  test('is its golden', () => {
    const text = `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
    const golden = join(import.meta.dirname, `${name}.txt`);
    if (UPDATE) writeFileSync(golden, text);
    expect(existsSync(golden) ? readFileSync(golden, 'utf8') : 'no golden yet: UPDATE_GOLDEN=1').toBe(text);
  });

  test('has as many lines as the terminal, none of them wider, coloured or not', () => {
    const coloured = pictureLines(shown, { ...style, paint: pc.createColors(true) }).lines;
    expect([lines.length, coloured.length]).toEqual([rows, rows]);
    for (const line of [...lines, ...coloured]) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
  });
});

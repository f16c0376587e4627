import stringWidth from 'string-width';
import { count } from '../../text-layout.ts';
import { PANES, type PaneName, type Rows } from '../rows.ts';
import type { TopState } from '../top-state.ts';
import { chosenIndex, type Ui } from '../ui.ts';
import { cellsOf, FLEET_TITLES } from './pane-rows.ts';
import { rowLine } from './row-line.ts';
import type { Style } from './style.ts';

/** What a part is drawn of. */
export interface Shown {
  readonly state: TopState;
  readonly ui: Ui;
  readonly rows: Rows;
}

/** A part with the lines that it gets. */
export interface PaneRoom {
  readonly pane: PaneName;
  readonly lines: number;
}

/** A part: its title, and as many rows as there is room for, the chosen one among them. */
export function paneLines(shown: Shown, { pane, lines }: PaneRoom, style: Style): string[] {
  const { ui, rows } = shown;
  const isFocused = ui.pane === pane;
  const title = titleLine(titleOf(pane, shown), isFocused, style);
  const head = pane === 'fleet' && rows.fleet.length > 0 ? [fleetTitles(style)] : [];
  const room = lines - 1 - head.length;
  const all = cellsOf(pane, rows, { ...style, columns: style.columns - 2 });
  const chosen = chosenIndex(ui, pane, rows);
  const { from } = windowOf({ length: all.length, chosen: isFocused ? chosen : 0, room });
  const body = all.slice(from, from + Math.max(0, room)).map((cells, at) => {
    const line = rowLine(cells, style.columns - 2);
    return isFocused && from + at === chosen ? style.paint.inverse(`> ${line}`) : `  ${line}`;
  });
  const empty =
    all.length === 0 ? [style.paint.dim(rowLine([{ text: `  ${nothing(pane, ui)}` }], style.columns))] : [];
  return [title, ...head, ...body, ...empty].slice(0, lines);
}

/** Ids of executions that run whose rows are shown: of these, progress is worth asking for. */
export function shownRunning({ ui, rows }: Shown, lines: number): readonly string[] {
  const chosen = ui.pane === 'running' ? chosenIndex(ui, 'running', rows) : 0;
  const { from } = windowOf({ length: rows.running.length, chosen, room: lines - 1 });
  return rows.running.slice(from, from + Math.max(0, lines - 1)).map(({ id }) => id);
}

/** So many lines a part takes when all of it is shown. */
export function linesWanted(pane: PaneName, rows: Rows): number {
  const head = pane === 'fleet' && rows.fleet.length > 0 ? 1 : 0;
  return 1 + head + Math.max(1, rows[pane].length);
}

/** Parts that are there: pools only where there are some. */
export function panesThereAre({ state, ui }: Pick<Shown, 'state' | 'ui'>): readonly PaneName[] {
  return PANES.filter((pane) => pane !== 'pools' || state.pools.length > 0 || ui.pane === 'pools');
}

/** The chosen row stays in sight. */
function windowOf({ length, chosen, room }: { length: number; chosen: number; room: number }): {
  from: number;
} {
  return { from: Math.max(0, Math.min(chosen - room + 1, length - room)) };
}

function titleLine(title: string, isFocused: boolean, { paint, columns }: Style): string {
  const text = ` ${title} `;
  const name = rowLine(
    [{ text: `${isFocused ? '▸' : '─'}${text}` }],
    Math.min(columns, stringWidth(text) + 1),
  );
  const rule = '─'.repeat(Math.max(0, columns - stringWidth(name)));
  return (isFocused ? paint.cyan : paint.dim)(name + rule);
}

function titleOf(pane: PaneName, { state, ui, rows }: Shown): string {
  const filtered = ui.filter === '' ? '' : `, with "${ui.filter}"`;
  const all = rows[pane].length.toLocaleString('en');
  switch (pane) {
    case 'running':
      return `RUNNING ${all}${state.isRunningCut ? '+' : ''}, by ${ui.sort}${filtered}`;
    case 'failed':
      return `FAILED LATELY ${all}${filtered}`;
    case 'alerts': {
      const open = rows.alerts.filter(({ acknowledgedBy }) => acknowledgedBy === undefined).length;
      return `ALERTS ${all}${rows.alerts.length === 0 ? '' : `, ${open} nobody looks after`}${filtered}`;
    }
    case 'fleet': {
      const { online, offline } = rows.whole;
      const devices = `${count(online + offline, 'device')}${state.isFleetCut ? ' and more' : ''}`;
      return `FLEET ${devices}, ${online} online, by ${ui.by}${filtered}`;
    }
    case 'pools':
      return `POOLS ${all}${filtered}`;
  }
}

function fleetTitles({ paint, columns }: Style): string {
  return paint.dim(`  ${rowLine(FLEET_TITLES, columns - 2)}`);
}

function nothing(pane: PaneName, { filter }: Ui): string {
  if (filter !== '') return 'nothing fits the filter';
  switch (pane) {
    case 'running':
      return 'nothing runs';
    case 'failed':
      return 'nothing has failed';
    case 'alerts':
      return 'nothing is wrong';
    case 'fleet':
      return 'no device is registered';
    case 'pools':
      return 'there are no pools';
  }
}

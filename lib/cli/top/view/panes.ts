import stringWidth from 'string-width';
import { count } from '../../text-layout.ts';
import { PANES, type PaneName, type Rows } from '../rows.ts';
import type { TopState } from '../top-state.ts';
import { chosenIndex, type Ui } from '../ui.ts';
import { cellsOf, FLEET_COLUMNS } from './pane-rows.ts';
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
  const name = titleOf(pane, shown);
  const columns = pane === 'fleet' && rows.fleet.length > 0 ? FLEET_TITLES : '';
  const fits = columns === '' || name.length + columns.length + TITLE_SIGNS <= style.columns;
  const title = titleLine({ title: name, columns: fits ? columns : '', isFocused }, style);
  const head = fits || lines < 3 ? [] : [fleetHead(style)];
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

/** So many lines a part takes when all of it is shown: where it is narrow, the fleet has a line for titles, too. */
export function linesWanted(pane: PaneName, rows: Rows): number {
  return 1 + Math.max(1, rows[pane].length) + (pane === 'fleet' ? 1 : 0);
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

interface Title {
  readonly title: string;
  /** Titles of columns, at the end of the line. */
  readonly columns: string;
  readonly isFocused: boolean;
}

function titleLine({ title, columns, isFocused }: Title, { paint, columns: width }: Style): string {
  const text = `${isFocused ? '▸' : '─'} ${title} `;
  const name = rowLine([{ text }], Math.min(width, stringWidth(text)));
  const room = width - stringWidth(name);
  const ruleOf = (length: number): string => '─'.repeat(Math.max(0, length));
  const end = columns === '' ? '' : ` ${columns}`;
  return (isFocused ? paint.cyan : paint.dim)(name + ruleOf(room - end.length) + end);
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
      return `FLEET ${devices}, by ${ui.by}${filtered}`;
    }
    case 'pools':
      return `POOLS ${all}${filtered}`;
  }
}

const FLEET_TITLES = FLEET_COLUMNS.map(({ title, width }) => title.padStart(width))
  .join('  ')
  .trimStart();
/** What stands around a title, and between it and titles of columns. */
const TITLE_SIGNS = 6;

/** Titles of columns, where there is no room for them beside the title of the part. */
function fleetHead({ paint, columns }: Style): string {
  const cells = FLEET_COLUMNS.map(({ title, width }) => ({ text: title, width, align: 'right' as const }));
  return paint.dim(`  ${rowLine([{ text: '' }, ...cells], columns - 2)}`);
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

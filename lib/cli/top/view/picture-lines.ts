import { padEnd } from '../../text-layout.ts';
import type { PaneName } from '../rows.ts';
import { HEADER_LINES, headerLines } from './header.ts';
import { divideLines } from './layout.ts';
import { linesWanted, paneLines, panesThereAre, type Shown, shownRunning } from './panes.ts';
import { rowLine } from './row-line.ts';
import type { Style } from './style.ts';

/** The picture. */
export interface Frame {
  readonly lines: readonly string[];
  /** Executions that run and whose rows are shown. */
  readonly running: readonly string[];
}

/** From so many columns on, parts stand side by side. */
const TWO_COLUMNS = 120;
/** With fewer lines, less is told of rates. */
const LOW = 20;
const RIGHT: readonly PaneName[] = ['alerts', 'fleet', 'pools'];
const LEFT_SHARE = 0.54;

/** The whole picture, in no more lines and columns than there are. */
export function pictureLines(shown: Shown, style: Style): Frame {
  const headLines = style.rows < LOW ? 2 : HEADER_LINES;
  const head = headerLines(shown.state, shown.ui, { ...style, lines: Math.min(headLines, style.rows - 1) });
  const room = Math.max(0, style.rows - head.length - 1);
  const { lines, running } =
    style.columns >= TWO_COLUMNS ? sideBySide(shown, style, room) : stacked(shown, style, room);
  const blank = Array<string>(Math.max(0, room - lines.length)).fill('');
  return { lines: [...head, ...lines, ...blank, footer(shown, style)].slice(-style.rows), running };
}

function stacked(shown: Shown, style: Style, room: number): Frame {
  return partsLines(shown, { panes: panesThereAre(shown), style, room });
}

function sideBySide(shown: Shown, style: Style, room: number): Frame {
  const panes = panesThereAre(shown);
  const width = Math.floor(style.columns * LEFT_SHARE);
  const part = (isRight: boolean, columns: number): Frame =>
    partsLines(shown, {
      panes: panes.filter((pane) => RIGHT.includes(pane) === isRight),
      style: { ...style, columns },
      room,
    });
  const left = part(false, width);
  const right = part(true, style.columns - width - GAP.length);
  const height = Math.max(left.lines.length, right.lines.length);
  const lines = Array.from({ length: height }, (_, at) =>
    `${padEnd(left.lines[at] ?? '', width)}${GAP}${right.lines[at] ?? ''}`.trimEnd(),
  );
  return { lines, running: left.running };
}

const GAP = '  ';

interface Parts {
  readonly panes: readonly PaneName[];
  readonly style: Style;
  readonly room: number;
}

function partsLines(shown: Shown, { panes, style, room }: Parts): Frame {
  const wishes = panes.map((pane) => ({ pane, lines: linesWanted(pane, shown.rows) }));
  const rooms = divideLines(wishes, shown.ui.pane, room);
  const running = rooms.find(({ pane }) => pane === 'running');
  return {
    lines: rooms.flatMap((each) => paneLines(shown, each, style)),
    running: running === undefined ? [] : shownRunning(shown, running.lines),
  };
}

const KEYS = 'q quit  ? help  tab part  j k row  enter details  s sort  / filter  p pause';

function footer({ ui }: Shown, { paint, columns }: Style): string {
  const line = (text: string): string => rowLine([{ text }], columns);
  if (ui.question !== undefined) return paint.yellow(line(ui.question.text));
  if (ui.isTyping) return paint.cyan(line(`/${ui.filter}▏  enter keeps the filter, escape takes it away`));
  return ui.said === undefined ? paint.dim(line(KEYS)) : paint.cyan(line(ui.said));
}

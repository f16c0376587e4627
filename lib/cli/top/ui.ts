import { idOf, PANES, type PaneName, type Rows, type Wanted } from './rows.ts';

/** A key, as the terminal names it: `a`, `G`, `return`, `up`. */
export interface Key {
  readonly name: string;
  readonly ctrl: boolean;
  /** What it types, where it types something. */
  readonly text?: string;
}

/** Something that is asked before it is done. */
export interface Question {
  readonly text: string;
  readonly effect: Effect;
}

/** What lies over the picture. */
export type Overlay =
  | { readonly kind: 'help' }
  | { readonly kind: 'execution'; readonly id: string }
  | { readonly kind: 'alert'; readonly id: string };

/** How the user has set the picture. */
export interface Ui extends Wanted {
  readonly pane: PaneName;
  /** The row that is chosen, by part. */
  readonly chosen: Partial<Readonly<Record<PaneName, string>>>;
  /** Whether keys go into the filter. */
  readonly isTyping: boolean;
  readonly isPaused: boolean;
  readonly overlay?: Overlay;
  readonly question?: Question;
  /** What has come of what the user did. */
  readonly said?: string;
}

/** What is to be done outside of the picture. */
export type Effect =
  | { readonly kind: 'quit' }
  | { readonly kind: 'refresh' }
  | { readonly kind: 'look up'; readonly what: 'execution' | 'alert'; readonly id: string }
  | { readonly kind: 'acknowledge'; readonly id: string }
  | { readonly kind: 'stop'; readonly id: string };

/** What a key leads to. */
export interface Pressed {
  readonly ui: Ui;
  readonly effect?: Effect;
}

/** How it begins. */
export const FIRST_UI: Ui = {
  ...{ pane: 'running', chosen: {}, sort: 'age', by: 'zone', filter: '' },
  ...{ isTyping: false, isPaused: false },
};

/** What a key does, by what is shown. */
export function pressKey(before: Ui, key: Key, rows: Rows): Pressed {
  const { said: _, ...ui } = before;
  if (key.ctrl) return key.name === 'c' ? { ui, effect: { kind: 'quit' } } : { ui };
  if (ui.question !== undefined) return answer(ui, ui.question, key);
  if (ui.isTyping) return { ui: typed(ui, key) };
  if (ui.overlay !== undefined) return inOverlay(ui, ui.overlay, key);
  return inPicture(ui, key, rows);
}

function answer({ question: _, ...ui }: Ui, { effect }: Question, key: Key): Pressed {
  return key.name === 'y' ? { ui, effect } : { ui: { ...ui, said: 'nothing was done' } };
}

function typed(ui: Ui, { name, text }: Key): Ui {
  if (name === 'return') return { ...ui, isTyping: false };
  if (name === 'escape') return { ...ui, isTyping: false, filter: '' };
  if (name === 'backspace') return { ...ui, filter: ui.filter.slice(0, -1) };
  return text === undefined ? ui : { ...ui, filter: (ui.filter + text).slice(0, LONGEST_FILTER) };
}

const LONGEST_FILTER = 40;

function inOverlay(ui: Ui, overlay: Overlay, key: Key): Pressed {
  const { overlay: _, ...below } = ui;
  if (key.name === 'a' && overlay.kind === 'alert') return { ui, effect: acknowledge(overlay.id) };
  if (key.name === 'x' && overlay.kind === 'execution') return { ui: asking(ui, stop(overlay.id)) };
  return ['q', 'escape', 'return', '?', 'left'].includes(key.name) ? { ui: below } : { ui };
}

function inPicture(ui: Ui, key: Key, rows: Rows): Pressed {
  const alert = ui.pane === 'alerts' ? chosenRow(ui, rows) : undefined;
  const execution = ui.pane === 'running' ? chosenRow(ui, rows) : undefined;
  switch (key.name) {
    case 'q':
      return { ui, effect: { kind: 'quit' } };
    case 'r':
      return { ui: { ...ui, said: 'asking how things stand' }, effect: { kind: 'refresh' } };
    case 'return':
      return opened(ui, rows);
    case 'a':
      return alert === undefined
        ? { ui: { ...ui, said: 'choose an alert first' } }
        : { ui, effect: acknowledge(alert) };
    case 'x':
      return execution === undefined
        ? { ui: { ...ui, said: 'choose an execution that runs first' } }
        : { ui: asking(ui, stop(execution)) };
    default:
      return { ui: moved(ui, key, rows) };
  }
}

function moved(ui: Ui, { name }: Key, rows: Rows): Ui {
  switch (name) {
    case '?':
    case 'h':
      return { ...ui, overlay: { kind: 'help' } };
    case 'tab':
    case 'right':
      return { ...ui, pane: neighbour(ui.pane, 1) };
    case 'backtab':
    case 'left':
      return { ...ui, pane: neighbour(ui.pane, -1) };
    case 'j':
    case 'down':
      return stepped(ui, rows, 1);
    case 'k':
    case 'up':
      return stepped(ui, rows, -1);
    case 'g':
    case 'home':
      return stepped(ui, rows, Number.NEGATIVE_INFINITY);
    case 'G':
    case 'end':
      return stepped(ui, rows, Number.POSITIVE_INFINITY);
    case 's':
      return { ...ui, sort: ui.sort === 'age' ? 'trouble' : 'age' };
    case 'z':
      return { ...ui, by: ui.by === 'zone' ? 'type' : 'zone' };
    case 'p':
      return { ...ui, isPaused: !ui.isPaused };
    case '/':
      return { ...ui, isTyping: true };
    case 'escape':
      return { ...ui, filter: '' };
    default:
      return ui;
  }
}

function neighbour(pane: PaneName, by: number): PaneName {
  return PANES[(PANES.indexOf(pane) + by + PANES.length) % PANES.length] ?? 'running';
}

/** Where the chosen row of a part is; the first, where none is chosen or it is gone. */
export function chosenIndex({ chosen }: Ui, pane: PaneName, rows: Rows): number {
  const ids = rows[pane].map((row) => idOf(pane, row));
  return Math.max(0, ids.indexOf(chosen[pane] ?? ''));
}

function stepped(ui: Ui, rows: Rows, by: number): Ui {
  const all = rows[ui.pane];
  const at = Math.min(all.length - 1, Math.max(0, chosenIndex(ui, ui.pane, rows) + by));
  const row = all[at];
  return row === undefined ? ui : { ...ui, chosen: { ...ui.chosen, [ui.pane]: idOf(ui.pane, row) } };
}

/** The id of the execution or alert that is chosen. */
function chosenRow(ui: Ui, rows: Rows): string | undefined {
  const row = rows[ui.pane][chosenIndex(ui, ui.pane, rows)];
  return row !== undefined && 'id' in row ? row.id : undefined;
}

function opened(ui: Ui, rows: Rows): Pressed {
  const id = chosenRow(ui, rows);
  if (id === undefined) return { ui };
  const what = ui.pane === 'alerts' ? 'alert' : 'execution';
  return { ui: { ...ui, overlay: { kind: what, id } }, effect: { kind: 'look up', what, id } };
}

function asking(ui: Ui, effect: Extract<Effect, { readonly kind: 'stop' }>): Ui {
  return { ...ui, question: { text: `Stop ${effect.id}, and undo what it did? y/n`, effect } };
}

function acknowledge(id: string): Effect {
  return { kind: 'acknowledge', id };
}

function stop(id: string): Extract<Effect, { readonly kind: 'stop' }> {
  return { kind: 'stop', id };
}

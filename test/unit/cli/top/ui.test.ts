import { describe, expect, test } from 'vitest';
import { idOf, rowsOf } from '#cli/top/rows.ts';
import { keyOf } from '#cli/top/tty.ts';
import { chosenIndex, FIRST_UI, type Key, type Pressed, pressKey, type Ui } from '#cli/top/ui.ts';
import { busyScene, SCENE_NOW } from '#support/top-scene.ts';

const STATE = busyScene();

/** What some keys lead to, one after the other. */
function press(keys: readonly (string | Key)[], from: Partial<Ui> = {}): Pressed {
  let pressed: Pressed = { ui: { ...FIRST_UI, ...from } };
  for (const key of keys) {
    const asKey = typeof key === 'string' ? { name: key, ctrl: false, text: key } : key;
    pressed = pressKey(pressed.ui, asKey, rowsOf(STATE, pressed.ui, SCENE_NOW));
  }
  return pressed;
}

const ALERT = 'plant.failing-rollouts.1';
const OLDEST = '01M8BQSBH5JBPZVP8XMEJGVC0K';
const SECOND = '01M8BQSBH5JBPZVP8XMEJGVC1K';

test.each<[string, readonly (string | Key)[], Partial<Ui>]>([
  ['goes to the next part', ['tab'], { pane: 'failed' }],
  ['goes to the part before, around the end', ['backtab'], { pane: 'pools' }],
  ['goes there by arrows', ['right', 'right', 'left'], { pane: 'failed' }],
  ['chooses the next row', ['j'], { chosen: { running: SECOND } }],
  ['stays at the first row', ['k', 'up'], { chosen: { running: OLDEST } }],
  ['goes to the last row, and back', ['G', 'g'], { chosen: { running: OLDEST } }],
  ['sorts by trouble, and by age again', ['s', 's', 's'], { sort: 'trouble' }],
  ['counts by type', ['z'], { by: 'type' }],
  ['holds the picture', ['p'], { isPaused: true }],
  [
    'types a filter',
    ['/', 'f', 'a', 'x', { name: 'backspace', ctrl: false }],
    { filter: 'fa', isTyping: true },
  ],
  ['keeps the filter', ['/', 'q', 'return'], { filter: 'q', isTyping: false }],
  ['takes the filter away', ['/', 'q', 'escape'], { filter: '', isTyping: false }],
  ['takes a kept filter away', ['/', 'q', 'return', 'escape'], { filter: '' }],
  ['opens help', ['?'], { overlay: { kind: 'help' } }],
  ['opens an execution', ['j', 'return'], { overlay: { kind: 'execution', id: SECOND } }],
  ['opens an alert', ['tab', 'tab', 'return'], { overlay: { kind: 'alert', id: ALERT } }],
  ['needs an alert to acknowledge', ['a'], { said: 'choose an alert first' }],
  ['needs an execution to stop', ['tab', 'x'], { said: 'choose an execution that runs first' }],
  ['stops nothing without a yes', ['x', 'n'], { said: 'nothing was done' }],
  [
    'passes over what is no key of it',
    ['y', { name: 'f1', ctrl: false }, { name: 'l', ctrl: true }],
    FIRST_UI,
  ],
])('who presses keys %s', (_what, keys, expected) => {
  const { ui, effect } = press(keys);
  expect(ui).toMatchObject(expected);
  expect(effect === undefined || effect.kind === 'look up').toBe(true);
});

test.each<[string, readonly (string | Key)[], object]>([
  ['end it', ['q'], { kind: 'quit' }],
  ['end it, whatever is open', ['/', { name: 'c', ctrl: true }], { kind: 'quit' }],
  ['ask anew', ['r'], { kind: 'refresh' }],
  ['look an execution up', ['return'], { kind: 'look up', what: 'execution', id: OLDEST }],
  ['acknowledge an alert', ['tab', 'tab', 'a'], { kind: 'acknowledge', id: ALERT }],
  ['acknowledge the one that is open', ['tab', 'tab', 'return', 'a'], { kind: 'acknowledge', id: ALERT }],
  ['stop an execution, after a yes', ['x', 'y'], { kind: 'stop', id: OLDEST }],
  ['stop the one that is open', ['return', 'x', 'y'], { kind: 'stop', id: OLDEST }],
])('keys %s', (_what, keys, effect) => {
  expect(press(keys).effect).toEqual(effect);
});

describe('what lies over the picture', () => {
  test.each(['q', 'escape', 'return', '?'])('is closed by %s', (key) => {
    expect(press(['?', key]).ui).not.toHaveProperty('overlay');
  });

  test('takes no other keys', () => {
    expect(press(['?', 's', 'tab', 'a', 'x']).ui).toMatchObject({
      pane: 'running',
      sort: 'age',
      overlay: { kind: 'help' },
    });
  });
});

test('the chosen row stays the same when others come before it', () => {
  const { ui } = press(['j', 'j']);
  const rows = rowsOf(STATE, ui, SCENE_NOW);
  const id = idOf('running', rows.running[2] ?? rows.whole);
  const fewer = { ...rows, running: rows.running.slice(1) };
  expect([chosenIndex(ui, 'running', rows), chosenIndex(ui, 'running', fewer)]).toEqual([2, 1]);
  expect(ui.chosen.running).toBe(id);
});

test('nothing is opened where there is nothing', () => {
  expect(press(['/', '~', 'return', 'return', 'j']).ui).not.toHaveProperty('overlay');
  expect(press(['return'], { pane: 'pools' })).toEqual({ ui: { ...FIRST_UI, pane: 'pools' } });
});

test.each([
  ['a', { name: 'a', sequence: 'a' }, { name: 'a', ctrl: false, text: 'a' }],
  ['G', { name: 'g', shift: true, sequence: 'G' }, { name: 'G', ctrl: false, text: 'G' }],
  ['/', { sequence: '/' }, { name: '/', ctrl: false, text: '/' }],
  ['\r', { name: 'return' }, { name: 'return', ctrl: false }],
  ['\n', { name: 'enter' }, { name: 'return', ctrl: false }],
  ['\t', { name: 'tab' }, { name: 'tab', ctrl: false }],
  [undefined, { name: 'tab', shift: true }, { name: 'backtab', ctrl: false }],
  [undefined, { name: 'up' }, { name: 'up', ctrl: false }],
  ['\u0003', { name: 'c', ctrl: true }, { name: 'c', ctrl: true }],
  [undefined, {}, { name: '', ctrl: false }],
])('what a terminal sends for %j is a key', (text, key, expected) => {
  expect(keyOf(text, key)).toEqual(expected);
});

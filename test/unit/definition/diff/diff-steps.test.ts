import { expect, test } from 'vitest';
import type { Json } from '#core/json.ts';
import { diffSteps } from '#definition/diff/diff-steps.ts';
import { changeLines, workflowWith } from './read-pair.ts';

const FLASH = { id: 'flash', command: 'firmware.install', device: 'd1' };
const CHECK = { id: 'check', command: 'health.check', device: 'd1' };
const TELL = { id: 'tell', notify: { topic: 'releases', message: 'done' } };
const EACH = { id: 'each', forEach: '{% $input.sites %}', steps: [FLASH] };

type Steps = readonly Json[];

test.each<[fact: string, before: Steps, after: Steps, expected: string[]]>([
  ['nothing, of equal steps', [FLASH, EACH], [FLASH, EACH], []],
  ['a step more', [FLASH], [FLASH, CHECK], ['compatible added check: added to the workflow (command)']],
  ['a step less', [FLASH, CHECK], [FLASH], ['compatible removed check: removed from the workflow (command)']],
  [
    'a step less that was waited for',
    [FLASH, { ...CHECK, needs: ['flash'] }],
    [{ ...CHECK, needs: [] }],
    [
      'breaking removed flash: removed from the workflow (command)',
      'compatible changed check: needs: ["flash"] → []',
    ],
  ],
  [
    'a step less whose output was read',
    [FLASH, { ...CHECK, if: '{% $flash.ok %}' }],
    [CHECK],
    [
      'breaking removed flash: removed from the workflow (command)',
      'compatible changed check: if: $flash.ok → none',
    ],
  ],
  [
    'steps that are gone with the one around them',
    [EACH, TELL],
    [TELL],
    ['compatible removed each: removed from the workflow (forEach)'],
  ],
  [
    'steps that come with the one around them',
    [TELL],
    [EACH, TELL],
    ['compatible added each: added to the workflow (forEach)'],
  ],
  [
    'a step that leaves one that is gone',
    [EACH],
    [FLASH],
    [
      'compatible removed each: removed from the workflow (forEach)',
      'compatible moved flash: moved from each to the workflow',
    ],
  ],
  [
    'a step that stands elsewhere',
    [FLASH, CHECK, TELL],
    [CHECK, TELL, FLASH],
    ['compatible moved flash: stands behind tell now, stood first'],
  ],
  [
    'a graph, where the order of the file says nothing',
    [FLASH, { ...CHECK, needs: [] }],
    [{ ...CHECK, needs: [] }, FLASH],
    [],
  ],
  [
    'a list that becomes a graph',
    [FLASH, CHECK],
    [FLASH, { ...CHECK, needs: [] }],
    [
      'compatible changed the workflow: its steps now run as soon as what they need has ended',
      'compatible changed check: needs: none → []',
    ],
  ],
  [
    'a graph that becomes a list',
    [FLASH, { ...CHECK, needs: ['flash.done'] }],
    [FLASH, CHECK],
    [
      'compatible changed the workflow: its steps now run one after the other',
      'compatible changed check: needs: ["flash.done"] → none',
    ],
  ],
  [
    'another kind',
    [{ id: 'a', set: { b: 1 } }],
    [{ ...FLASH, id: 'a' }],
    ['unsure changed a: kind: set → command'],
  ],
  [
    'a step less with one inside that was read',
    [
      { id: 'held', lock: { pools: { uplink: 1 }, steps: [FLASH] } },
      { ...TELL, if: '{% $flash.ok %}' },
    ],
    [TELL],
    [
      'breaking removed held: removed from the workflow (lock)',
      'compatible changed tell: if: $flash.ok → none',
    ],
  ],
  [
    'a branch less',
    [{ id: 'both', parallel: { left: [FLASH], right: [CHECK] } }],
    [{ id: 'both', parallel: { left: [FLASH] } }],
    [
      'compatible removed check: removed from branch right of both (command)',
      'unsure changed both: parallel: ["left","right"] → ["left"]',
    ],
  ],
  [
    'variables',
    [{ id: 'mark', set: { a: 1, constructor: 2 } }],
    [{ id: 'mark', set: { a: 2, b: 3 } }],
    [
      'unsure changed mark: set.a: 1 → 2',
      'unsure changed mark: set.constructor: 2 → none',
      'unsure changed mark: set.b: none → 3',
    ],
  ],
  [
    'a variable more',
    [{ id: 'mark', set: { a: 1 } }],
    [{ id: 'mark', set: { a: 1, b: 3 } }],
    ['compatible changed mark: set.b: none → 3'],
  ],
  [
    'an answer that is not waited for',
    [FLASH],
    [{ ...FLASH, await: 'none' }],
    ['unsure changed flash: await: response → none'],
  ],
  [
    'arguments that are called like durations',
    [{ ...FLASH, with: { items: 1, timeoutMs: 2 } }],
    [{ ...FLASH, with: { items: 2, timeoutMs: 3 } }],
    ['compatible changed flash: with.items: 1 → 2', 'compatible changed flash: with.timeoutMs: 2 → 3'],
  ],
  ['a title', [FLASH], [{ ...FLASH, name: 'Flash' }], ['compatible changed flash: name: none → Flash']],
  [
    'a shorter timeout',
    [{ ...FLASH, timeout: '90m' }],
    [{ ...FLASH, timeout: '1500ms' }],
    ['unsure changed flash: timeout: 1h30m → 1s500ms'],
  ],
  [
    'a longer timeout',
    [FLASH],
    [{ ...FLASH, timeout: '1h' }],
    ['compatible changed flash: timeout: 1m → 1h'],
  ],
  [
    'an argument',
    [{ ...FLASH, with: { release: '1', site: { name: 'a' } } }],
    [{ ...FLASH, with: { release: '1', site: { name: 'b' } } }],
    ['compatible changed flash: with.site.name: a → b'],
  ],
  [
    'an undo',
    [FLASH],
    [{ ...FLASH, compensate: { command: 'back' } }],
    ['compatible changed flash: compensate: none → {"command":"back","with":{},"timeoutMs":60000}'],
  ],
  [
    'an undo that is gone',
    [{ ...FLASH, compensate: { command: 'back' } }],
    [FLASH],
    ['breaking changed flash: compensate: {"command":"back","with":{},"timeoutMs":60000} → none'],
  ],
  [
    'another undo',
    [{ ...FLASH, compensate: { command: 'back' } }],
    [{ ...FLASH, compensate: { command: 'back', timeout: '5s' } }],
    ['unsure changed flash: compensate.timeout: 1m → 5s'],
  ],
  [
    'another event',
    [{ id: 'door', wait: { event: { name: 'door.opened' } } }],
    [{ id: 'door', wait: { event: { name: 'door.closed', where: '{% $event.ok %}' } } }],
    [
      'breaking changed door: event: door.opened → door.closed',
      'unsure changed door: where: none → $event.ok',
    ],
  ],
  [
    'another wait',
    [{ id: 'rest', wait: { for: '5m' } }],
    [{ id: 'rest', wait: { for: '6m' } }],
    ['compatible changed rest: wait.for: 5m → 6m'],
  ],
  [
    'another error',
    [{ id: 'stop', fail: { error: 'Plant.Unsafe' } }],
    [{ id: 'stop', fail: { error: 'Plant.Hot' } }],
    ['breaking changed stop: error: Plant.Unsafe → Plant.Hot'],
  ],
  [
    'another result',
    [{ ...FLASH, output: 1 }],
    [{ ...FLASH, output: 2 }],
    ['unsure changed flash: output: 1 → 2'],
  ],
  [
    'failures that are not undone',
    [EACH],
    [{ ...EACH, onExceeded: 'halt' }],
    ['unsure changed each: onExceeded: rollback → halt'],
  ],
  [
    'failures that are undone',
    [{ ...EACH, onExceeded: 'halt' }],
    [EACH],
    ['compatible changed each: onExceeded: halt → rollback'],
  ],
  [
    'waves, and what is done between them',
    [EACH],
    [
      {
        ...EACH,
        waves: [{ count: 1 }, { percent: 10 }, { rest: true }],
        betweenWaves: { soak: '5m', steps: [CHECK] },
      },
    ],
    [
      'compatible changed each: waves: none → {"sizes":"1, 10 %, rest","soakMs":300000}',
      'compatible added check: added to each, between its waves (command)',
    ],
  ],
  [
    'conditions of branches',
    [{ id: 'how', choose: [{ if: '{% $input.a %}', steps: [FLASH] }] }],
    [
      {
        id: 'how',
        choose: [
          { if: '{% $input.b %}', steps: [FLASH] },
          { else: true, steps: [CHECK] },
        ],
      },
    ],
    [
      'compatible changed how: choose: ["$input.a"] → ["$input.b","else"]',
      'compatible added check: added to branch 2 of how (command)',
    ],
  ],
  [
    'branches by name',
    [{ id: 'both', parallel: { left: [FLASH], right: [CHECK] } }],
    [{ id: 'both', parallel: { left: [FLASH, CHECK], right: [TELL] } }],
    [
      'compatible moved check: moved from branch right of both to branch left of both',
      'compatible added tell: added to branch right of both (notify)',
    ],
  ],
  [
    'what is done about a failure',
    [{ ...FLASH, catch: 'continue' }],
    [{ ...FLASH, catch: [{ on: ['Device.Timeout'], steps: [TELL] }] }],
    [
      'compatible changed flash: catch: ["every error: continue"] → ["Device.Timeout"]',
      'compatible added tell: added to the catch of flash (notify)',
    ],
  ],
  [
    'the condition of a loop, and units of a pool',
    [{ id: 'poll', while: '{% $vars.a %}', maxIterations: 9, uses: { uplink: 1 }, steps: [FLASH] }],
    [{ id: 'poll', while: '{% $vars.b %}', maxIterations: 9, uses: { uplink: 2 }, steps: [FLASH] }],
    ['compatible changed poll: uses.uplink: 1 → 2', 'compatible changed poll: while: $vars.a → $vars.b'],
  ],
  [
    'the pools of a lock',
    [{ id: 'held', lock: { pools: { uplink: 1 }, steps: [FLASH] } }],
    [{ id: 'held', lock: { pools: { uplink: 1, site: 1 }, steps: [FLASH] } }],
    ['compatible changed held: pools.site: none → 1'],
  ],
])('it tells of %s', (_fact, before, after, expected) => {
  expect(changeLines({ steps: before }, { steps: after })).toEqual(expected);
});

test('a long value is cut', () => {
  const [line] = changeLines({ steps: [FLASH] }, { steps: [{ ...FLASH, with: { text: 'x'.repeat(99) } }] });
  expect(line).toBe(`compatible changed flash: with.text: none → ${'x'.repeat(59)}…`);
});

test('a step that is gone names at most four of those that waited for it', () => {
  const others = ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => ({ ...CHECK, id, needs: ['flash'] }));
  const free = others.map((step) => ({ ...step, needs: [] }));
  const [gone] = diffSteps(workflowWith({ steps: [FLASH, ...others] }), workflowWith({ steps: free }));
  expect(gone?.why).toBe('a, b, c, d and 2 more waited for it or read what it gives');
});

test('texts that are no expressions are read by nobody', () => {
  const tell = { id: 'tell', notify: { topic: 'releases', message: 'costs $flash (' } };
  expect(changeLines({ steps: [FLASH, tell] }, { steps: [tell] })).toEqual([
    'compatible removed flash: removed from the workflow (command)',
  ]);
});

import { expect, test } from 'vitest';
import { diffWorkflows } from '#definition/diff/diff-workflows.ts';
import { changeLines, type WorkflowParts, workflowWith } from './read-pair.ts';

test.each<[fact: string, before: WorkflowParts, after: WorkflowParts, expected: string[]]>([
  ['nothing, of another version alone', { version: '1.0.0' }, { version: '2.0.0' }, []],
  ['another name', { name: 'a' }, { name: 'b' }, ['breaking changed name: a → b']],
  ['a description', {}, { description: 'Go.' }, ['compatible changed description: none → Go.']],
  ['a timeout', {}, { timeout: '1h' }, ['unsure changed timeout: none → 1h']],
  ['a longer timeout', { timeout: '1h' }, { timeout: '2h' }, ['compatible changed timeout: 1h → 2h']],
  ['a timeout that is gone', { timeout: '1h' }, {}, ['compatible changed timeout: 1h → none']],
  [
    'a limit',
    {},
    { concurrency: { max: 2 } },
    ['unsure changed concurrency: none → {"group":"tour","max":2,"overflow":"queue"}'],
  ],
  [
    'a limit that is gone',
    { concurrency: {} },
    {},
    ['compatible changed concurrency: {"group":"tour","max":1,"overflow":"queue"} → none'],
  ],
  [
    'a higher limit',
    { concurrency: { max: 2 } },
    { concurrency: { max: 3 } },
    ['compatible changed concurrency.max: 2 → 3'],
  ],
  [
    'a lower limit',
    { concurrency: { max: 3 } },
    { concurrency: { max: 2 } },
    ['unsure changed concurrency.max: 3 → 2'],
  ],
  [
    'executions that are refused',
    { concurrency: {} },
    { concurrency: { overflow: 'reject' } },
    ['breaking changed concurrency.overflow: queue → reject'],
  ],
  [
    'executions that are stopped',
    { concurrency: {} },
    { concurrency: { overflow: 'replace' } },
    ['breaking changed concurrency.overflow: queue → replace'],
  ],
])('it tells of %s', (_fact, before, after, expected) => {
  expect(changeLines(before, after)).toEqual(expected);
});

const NEW_FIELD = { input: { properties: { site: {} } } };

test.each<[fact: string, before: WorkflowParts, after: WorkflowParts, least: string | undefined]>([
  ['nothing has changed', {}, {}, undefined],
  ['something breaks', {}, { name: 'b', version: '1.9.9' }, '2.0.0'],
  ['something breaks, and the version says so', {}, { name: 'b', version: '2.0.0' }, undefined],
  ['something breaks below 1.0.0', { version: '0.1.0' }, { name: 'b', version: '0.1.1' }, '0.2.0'],
  ['something is new', {}, { ...NEW_FIELD, version: '1.0.1' }, '1.1.0'],
  ['something is new below 1.0.0', { version: '0.1.0' }, { ...NEW_FIELD, version: '0.1.0' }, '0.1.1'],
  ['something is otherwise', {}, { description: 'Go.' }, '1.0.1'],
  ['the earlier version is none', { version: 'one' }, { description: 'Go.' }, undefined],
  ['the later version is none', {}, { description: 'Go.', version: 'two' }, undefined],
])('where %s, the least version is told', (_fact, before, after, least) => {
  expect(diffWorkflows(workflowWith(before), workflowWith(after)).leastVersion).toBe(least);
});

test('one breaking change makes the whole breaking', () => {
  const [before, after] = [workflowWith({}), workflowWith({ name: 'b', timeout: '1h' })];
  expect(diffWorkflows(before, after)).toMatchObject({
    before: { name: 'tour', version: '1.0.0' },
    after: { name: 'b', version: '1.0.0' },
    isBreaking: true,
  });
  expect(diffWorkflows(before, before).isBreaking).toBe(false);
});

import { expect, test } from 'vitest';
import { WorkflowMemory } from '#monitoring/events/with-workflow.ts';
import { executionKeys } from '#table/keys.ts';

const RECORD = { workflow: 'tour', version: '1.0.0' };

function learn(memory: WorkflowMemory, id: string, record: object = RECORD, was?: object): void {
  const key = executionKeys.meta(id);
  memory.learn({ key, before: was && { ...key, ...was }, after: { ...key, ...record } });
}

test('of very many executions the last thousands are remembered, and others are looked up', () => {
  const memory = new WorkflowMemory();
  for (let at = 0; at < 18_000; at++) learn(memory, `x${at}`);
  for (const at of [17_999, 15_000, 13_000]) expect(memory.find(`x${at}`)).toEqual(RECORD);
  expect(memory.find('x0')).toBeUndefined();
  const asked: string[] = [];
  const read = (key: { pk: string; sk: string }) => {
    asked.push(key.pk);
    return { ...key, ...RECORD };
  };
  for (const _ of [1, 2]) expect(memory.findOr('x0', read)).toEqual(RECORD);
  expect(asked).toEqual(['EXECUTION#x0']);
});

test('an execution that is redriven by another version runs that from then on', () => {
  const memory = new WorkflowMemory();
  learn(memory, 'x');
  learn(memory, 'x', { ...RECORD, version: '1.1.0' }, RECORD);
  expect(memory.find('x')).toEqual({ workflow: 'tour', version: '1.1.0' });
});

test('a record that does not say which workflow it is of is none to learn from', () => {
  const memory = new WorkflowMemory();
  learn(memory, 'a', { workflow: 'tour' });
  learn(memory, 'b', { workflow: 1, version: '1.0.0' });
  expect([memory.find('a'), memory.find('b')]).toEqual([undefined, undefined]);
  expect(memory.findOr('c', () => undefined)).toBeUndefined();
});

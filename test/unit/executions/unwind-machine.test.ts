import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { checkMachine } from '#compiler/machine-rules/check-machine.ts';
import { isUnwindMachine, UNWIND_MACHINE } from '#executions/unwind-machine.ts';

test('the machine that undoes has nothing that Step Functions refuses', () => {
  expect(checkMachine(UNWIND_MACHINE.definition)).toEqual([]);
});

test('a machine that is another has another name: data directories have those of versions before', () => {
  const { name, definition } = UNWIND_MACHINE;
  const digest = createHash('sha256').update(JSON.stringify(definition)).digest('hex').slice(0, 16);
  // When this fails, raise the number in the name, and write down both.
  expect({ name, digest }).toEqual({ name: 'unwind-2', digest: 'b116180101e51c7a' });
  expect(['unwind', 'unwind-2', 'unwind-3'].every(isUnwindMachine)).toBe(true);
  expect(['unwind-2_0_0', 'rewind', 'my-unwind'].some(isUnwindMachine)).toBe(false);
});

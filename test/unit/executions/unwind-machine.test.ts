import { expect, test } from 'vitest';
import { checkMachine } from '#compiler/machine-rules/check-machine.ts';
import { UNWIND_MACHINE } from '#executions/unwind-machine.ts';

test('the machine that undoes has nothing that Step Functions refuses', () => {
  expect(checkMachine(UNWIND_MACHINE.definition)).toEqual([]);
});

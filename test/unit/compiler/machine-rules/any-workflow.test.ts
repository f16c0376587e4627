import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileWorkflow } from '#compiler/compile.ts';
import { checkMachine } from '#compiler/machine-rules/check-machine.ts';
import { anyWorkflow } from '#support/random-workflow.ts';

test('whatever workflow compiles, Step Functions takes its machine, and no expression gives nothing', () => {
  fc.assert(
    fc.property(anyWorkflow, (workflow) => {
      expect(checkMachine(compileWorkflow(workflow).definition)).toEqual([]);
    }),
  );
});

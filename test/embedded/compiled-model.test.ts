import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileWorkflow } from '#compiler/compile.ts';
import { RuntimeError } from '#core/error.ts';
import { anyWorkflow } from '#support/random-workflow.ts';
import { runCompiled } from '#support/run-compiled.ts';
import { answerOf, expectedOf } from '#support/workflow-model.ts';

test('any workflow, compiled and run, does what the words of the language say', async () => {
  await fc.assert(
    fc.asyncProperty(anyWorkflow, async (workflow) => {
      const expected = expectedOf(workflow);
      const ran = await runCompiled(compileWorkflow(workflow), {
        command: ({ command, path }) => {
          if (command === 'fail') throw new RuntimeError('Device.Failed', path);
          return answerOf(path);
        },
      });
      expect(ran.status).toBe(expected.status);
      if (expected.status === 'SUCCEEDED') expect(ran.output).toEqual(expected.output);
      const certain = (path: string): boolean => !expected.uncertain.some((start) => path.startsWith(start));
      const seen = ran.commands
        .filter(({ path }) => certain(path))
        .map((sent) => [sent.path, sent.with['seen']]);
      expect(Object.fromEntries(seen)).toEqual(
        Object.fromEntries([...expected.seen].filter(([path]) => certain(path))),
      );
    }),
    { numRuns: 150 },
  );
});

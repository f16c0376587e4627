import { expect, test } from 'vitest';
import { DecideRequestSchema } from '#compiler/call-payload.ts';
import { compileWorkflow } from '#compiler/compile.ts';
import { RuntimeError } from '#core/error.ts';
import type { Json } from '#core/json.ts';
import type { DecisionFile } from '#definition/decision/decision.ts';
import { answerTask } from '#engine/answer-task.ts';
import { foldHistory } from '#executions/fold-history.ts';
import { inlineExplanations } from '#executions/inline-because.ts';
import { StepRows } from '#executions/step-rows.ts';
import { workflowOf } from '#support/compile-text.ts';
import { EngineRun } from '#support/engine-run.ts';

const FILE: DecisionFile = {
  ...{ stepwright: 1, decision: 'size', version: '1.0.0' },
  inputs: { n: { type: 'integer' } },
  outputs: { out: { type: 'string' } },
  table: { rules: [{ when: { n: '> 5' }, give: { out: 'many' } }], otherwise: { out: 'few' } },
};
const WORKFLOW = workflowOf(`steps:
  - id: each
    forEach: "{% $input.all %}"
    as: n
    steps:
      - { id: pick, decide: { decision: size, input: { n: "{% $n %}" } }, retry: { attempts: 3, delay: 1s } }
      - { id: told, set: { out: "{% $pick.out %}" } }`);
const COMPILED = compileWorkflow(WORKFLOW, {
  decisions: new Map([['pick', '1.0.0']]),
  decisionFiles: new Map([['pick', FILE]]),
});

async function historyOf(all: readonly Json[]) {
  const run: EngineRun = new EngineRun({
    DecideFunctionArn: async (payload) => {
      const { taskToken, attempt } = DecideRequestSchema.parse(payload);
      await answerTask(run.engine, taskToken, async () => {
        if (attempt < 2) throw new RuntimeError('Decision.InvalidInput', 'input.n: is no integer');
        return { out: 'asked' };
      });
      return null;
    },
  });
  using _run = run;
  const ref = { machine: 'machine', name: 'one' };
  await run.runMachine(COMPILED.definition, { all: [...all] });
  return await run.engine.history(ref, 0);
}

test('tells why each iteration was decided as it was, from the history alone', async () => {
  const found = inlineExplanations(COMPILED.steps, { events: await historyOf([7, 1]), children: new Map() });
  const common = { decision: 'size', version: '1.0.0' };
  expect(Object.fromEntries(found)).toEqual({
    'each[0].pick': { ...common, rules: [{ rule: 1 }] },
    'each[1].pick': { ...common, rules: [], otherwise: true },
  });
});

test('a step that is left to the handler is one step, with the tries of the handler', async () => {
  const history = await historyOf([7, 'x']);
  const rows = new StepRows(COMPILED.steps);
  foldHistory(rows, history);
  expect(rows.all().filter(({ step }) => step.id === 'pick')).toMatchObject([
    { path: 'each[0].pick', status: 'SUCCEEDED', attempts: 1 },
    { path: 'each[1].pick', status: 'SUCCEEDED', attempts: 3 },
  ]);
  expect([...inlineExplanations(COMPILED.steps, { events: history, children: new Map() }).keys()]).toEqual([
    'each[0].pick',
  ]);
});

import { expect, test } from 'vitest';
import { compileWorkflow } from '#compiler/compile.ts';
import {
  diagnoseAtStep,
  type WorkflowText,
  workflowDiagnostics,
} from '#compiler/machine-rules/machine-diagnostics.ts';
import type { DocumentPath } from '#definition/document-path.ts';
import { allSteps } from '#definition/nested-lists.ts';
import { NO_PROJECT } from '#definition/project.ts';
import { readWorkflow } from '#definition/read-workflow.ts';
import { Source } from '#definition/source.ts';

function textOf(steps: string): WorkflowText {
  const source = Source.parse('tested.yaml', `stepwright: 1\nname: tested\nversion: 1.0.0\nsteps:\n${steps}`);
  const { workflow, diagnostics } = readWorkflow(source);
  if (workflow === undefined || diagnostics.length > 0) throw new Error(JSON.stringify(diagnostics));
  return { source, workflow };
}

const RAW = `  - id: raw
    asl:
      Type: Parallel
      Branches:
        - StartAt: inner
          States:
            inner:
              Type: Pass
              Assign: { raw: 1 }
              Next: lost
`;

test('a fault inside a raw state is told of at its very place in the file', () => {
  const found = workflowDiagnostics(textOf(RAW), NO_PROJECT).map(({ code, line, path }) => [
    code,
    line,
    path,
  ]);
  expect(found).toContainEqual(['SW1712', 13, 'steps[0].asl.Branches[0].States.inner.Assign.raw']);
  expect(found).toContainEqual(['SW1704', 14, 'steps[0].asl.Branches[0].States.inner.Next']);
});

test('a fault of any other state is told of at its step, with its place in the machine', () => {
  const perhaps = `  - { id: first, if: "{% 1 = 2 %}", command: read, device: x }
  - id: second
    forEach: "{% [1] %}"
    steps: [{ id: third, command: read, device: "{% $first.id %}" }]
`;
  const [found, ...others] = workflowDiagnostics(textOf(perhaps), NO_PROJECT);
  expect(others).toEqual([]);
  expect(found).toMatchObject({ code: 'SW1715', severity: 'warning', line: 8, path: 'steps[1].steps[0]' });
  expect(found?.message).toMatch(
    / \(in the machine at States\/second\/ItemProcessor\/States\/third\/Arguments\/Payload\/device\)$/,
  );
});

const NESTED = textOf(`  - { id: a, command: read, device: x }
  - { id: workflow, forEach: "{% [1] %}", steps: [{ id: b, command: read, device: x }] }
`);

const PLACES: readonly (readonly [path: DocumentPath, at: string])[] = [
  [[], ''],
  [['States', 'a'], 'steps[0]'],
  [['States', 'a if', 'Choices', 0], 'steps[0]'],
  [['States', 'workflow'], 'steps[1]'],
  [['States', 'workflow output', 'Output'], ''],
  [['States', 'workflow', 'ItemProcessor', 'States', 'b', 'Retry', 0], 'steps[1].steps[0]'],
  [['States', 'workflow', 'ItemProcessor', 'States', 'nobody'], 'steps[1]'],
];

test.each(PLACES)('what is at %j in the machine came from the step at "%s"', (path, at) => {
  expect(diagnoseAtStep({ path, code: 'SW1704', message: 'x' }, NESTED).path).toBe(at);
});

test('every state of a workflow is known to come from its step', () => {
  const { workflow } = NESTED;
  const known = new Set([...allSteps(workflow.steps)].map(({ at }) => at));
  const states = Object.keys(Object(compileWorkflow(workflow).definition['States']));
  const places = states.map(
    (name) => diagnoseAtStep({ path: ['States', name], code: 'x', message: '' }, NESTED).path,
  );
  expect(places.filter((at) => !known.has(at))).toEqual(['']);
});

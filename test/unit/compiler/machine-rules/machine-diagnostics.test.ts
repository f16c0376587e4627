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

const PERHAPS = "  - { id: first, if: '{% 1 = 2 %}', command: read, device: x }\n";

test.each([
  ['{ id: second, command: read, device: "{% $first.id %}" }', 'steps[1].device'],
  ['{ id: second, command: read, device: x, with: { deep: ["{% $first.id %}"] } }', 'steps[1].with.deep[0]'],
  ['{ id: second, notify: { topic: t, message: "{% $first.id %}" } }', 'steps[1].notify.message'],
  ['{ id: second, set: { deep: "{% $first.id %}" } }', 'steps[1]'],
  [
    '{ id: second, forEach: "{% [1] %}", steps: [{ id: third, set: { deep: "{% $first.id %}" } }] }',
    'steps[1].steps[0]',
  ],
])('in %s, what may give nothing is told of at %s', (step, path) => {
  const found = workflowDiagnostics(textOf(`${PERHAPS}  - ${step}\n`), NO_PROJECT);
  expect(found.map((one) => [one.code, one.severity, one.path])).toEqual([['SW1715', 'warning', path]]);
});

test('what may give nothing in the output of a workflow is told of there', () => {
  const [found] = workflowDiagnostics(textOf(`${PERHAPS}output: { deep: "{% $first %}" }\n`), NO_PROJECT);
  expect(found).toMatchObject({ code: 'SW1715', line: 6, path: 'output.deep' });
});

test('where the compiler wrote what is wrong, its place in the machine is told', () => {
  const [found] = workflowDiagnostics(
    textOf(`${PERHAPS}  - { id: second, set: { deep: "{% $first %}" } }\n`),
    NO_PROJECT,
  );
  expect(found?.message).toMatch(/ \(in the machine at States\/second\/Assign\/second\/deep\)$/);
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

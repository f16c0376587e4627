import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import validateMachine from 'asl-validator';
import { describe, expect, test } from 'vitest';
import { compileWorkflow } from '#compiler/compile.ts';
import { type CompiledWorkflow, CompiledWorkflowSchema } from '#compiler/compiled-workflow.ts';
import { checkMachine } from '#compiler/machine-rules/check-machine.ts';
import { MACHINE_CODES } from '#compiler/machine-rules/codes.ts';
import { blocksOf, readMachine } from '#compiler/machine-rules/machine.ts';
import { MACHINE_TOKENS } from '#compiler/task-payload.ts';
import type { Json } from '#core/json.ts';
import { TEST_FILE } from '#definition/document-kind.ts';
import { loadProject } from '#definition/load.ts';
import { pinDecisions, pinVersions } from '#definition/pin-versions.ts';
import { readExpression } from '#expression/delimiters.ts';
import { parseExpression } from '#expression/parse.ts';
import { readProject } from '#validation/read-project.ts';

const ROOT = join(import.meta.dirname, '../../..');
const UPDATE = process.env['UPDATE_GOLDEN'] === '1';

/** All that machines may call. */
const RESOURCES = [
  'arn:aws:states:::lambda:invoke',
  'arn:aws:states:::lambda:invoke.waitForTaskToken',
  'arn:aws:states:::states:startExecution.sync:2',
];
const TOKENS: readonly string[] = Object.values(MACHINE_TOKENS);

/** Workflows of a folder: its YAML files that have steps. */
function workflowsIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.yaml') && name !== 'stepwright.yaml' && !TEST_FILE.test(name))
    .map((name) => join(folder, name));
}

function compileFile(file: string): CompiledWorkflow {
  const [found] = readProject(loadProject(join(ROOT, file))).workflows;
  if (found === undefined) throw new Error(`${file} holds no workflow`);
  const versionsOf = () => ['1.2.0', '1.3.4'];
  return compileWorkflow(found.workflow, {
    versions: pinVersions(found.workflow, versionsOf).versions,
    decisions: pinDecisions(found.workflow, versionsOf),
  });
}

function goldenOf(file: string): string {
  return join(
    import.meta.dirname,
    `${file
      .split('/')
      .at(-1)
      ?.replace(/\.yaml$/, '')}.asl.json`,
  );
}

/** Every text in a value. */
function textsIn(value: Json): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

const SHIPPED = workflowsIn('workflows');
const FILES = [...workflowsIn('test/golden/asl'), ...SHIPPED];

describe.each(FILES)('%s', (file) => {
  const compiled = compileFile(file);
  const states = blocksOf(readMachine(compiled.definition)).flatMap((block) => [...block.states.values()]);
  const findings = checkMachine(compiled.definition);

  test('compiles to its golden document', () => {
    const golden = goldenOf(file);
    const text = `${JSON.stringify(compiled.definition, null, 2)}\n`;
    if (UPDATE) writeFileSync(golden, text);
    expect(existsSync(golden) ? readFileSync(golden, 'utf8') : 'no golden yet: UPDATE_GOLDEN=1').toBe(text);
  });

  test('is what the schema of compiled workflows takes', () => {
    expect(CompiledWorkflowSchema.parse(compiled)).toEqual(compiled);
  });

  test('is States Language to asl-validator', () => {
    const { errors } = validateMachine(structuredClone(compiled.definition));
    expect(errors).toEqual([]);
  });

  test('has nothing that Step Functions refuses', () => {
    const errors = findings.filter(({ code }) => MACHINE_CODES[code].severity === 'error');
    expect(errors).toEqual([]);
  });

  test('calls nothing but what the closed list allows', () => {
    const resources = states.flatMap(({ fields: { Resource: resource } }) => resource ?? []);
    const raw = file.endsWith('/asl.yaml') ? ['arn:aws:states:::sqs:sendMessage'] : [];
    expect(resources.filter((resource) => ![...RESOURCES, ...raw].includes(String(resource)))).toEqual([]);
    const tokens = textsIn(compiled.definition).flatMap((text) => [...text.matchAll(/\$\{(\w+)\}/g)]);
    expect(tokens.map(([, token = '']) => token).filter((token) => !TOKENS.includes(token))).toEqual([]);
  });

  test('has expressions that parse', () => {
    for (const text of textsIn(compiled.definition)) {
      const expression = readExpression(text);
      if (expression !== undefined) expect(parseExpression(expression.text).text).toBe(expression.text);
    }
  });

  test('says of every step in which state it does its work', () => {
    const names = new Set(states.map(({ name }) => name));
    expect(compiled.steps.filter(({ state }) => !names.has(state))).toEqual([]);
  });

  test('compiles to the same document again', () => {
    expect(JSON.stringify(compileFile(file))).toBe(JSON.stringify(compiled));
  });
});

test.each(SHIPPED)('%s gives no reason for a warning', (file) => {
  expect(checkMachine(compileFile(file).definition)).toEqual([]);
});

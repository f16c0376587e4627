import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import validateMachine from 'asl-validator';
import { describe, expect, test } from 'vitest';
import { compileWorkflow } from '#compiler/compile.ts';
import { type CompiledWorkflow, CompiledWorkflowSchema } from '#compiler/compiled-workflow.ts';
import { MACHINE_TOKENS } from '#compiler/task-payload.ts';
import { loadProject } from '#definition/load.ts';
import { pinVersions } from '#definition/pin-versions.ts';
import { readExpression } from '#expression/delimiters.ts';
import { FUNCTIONS } from '#expression/functions.ts';
import { parseExpression } from '#expression/parse.ts';
import { readProject } from '#validation/read-project.ts';
import { assignedIn, blocksOf, statesOf, targetsIn, textsIn } from './machine-rules.ts';

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
    .filter((name) => name.endsWith('.yaml') && name !== 'stepwright.yaml')
    .map((name) => join(folder, name));
}

function compileFile(file: string): CompiledWorkflow {
  const [found] = readProject(loadProject(join(ROOT, file))).workflows;
  if (found === undefined) throw new Error(`${file} holds no workflow`);
  return compileWorkflow(
    found.workflow,
    pinVersions(found.workflow, () => ['1.2.0', '1.3.4']),
  );
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

const FILES = [...workflowsIn('test/golden/asl'), ...workflowsIn('workflows')];

describe.each(FILES)('%s', (file) => {
  const compiled = compileFile(file);
  const blocks = blocksOf(compiled.definition);
  const states = blocks.flatMap(({ body }) => statesOf(body));

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

  test('gives every state a name of its own, of at most 80 characters', () => {
    const names = states.map(([name]) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => name.length > 80)).toEqual([]);
  });

  test('leads only to states of the same block, and to each of them', () => {
    for (const { body } of blocks) {
      const names = statesOf(body).map(([name]) => name);
      expect(new Set(targetsIn(body))).toEqual(new Set(names));
    }
  });

  test('assigns no variable in an inner scope that an outer one assigns', () => {
    for (const { body, around } of blocks) {
      const outer = new Set(around.flatMap(assignedIn));
      expect(assignedIn(body).filter((name) => outer.has(name))).toEqual([]);
    }
  });

  test('calls nothing but what the closed list allows', () => {
    const resources = states.flatMap(([, state]) =>
      state['Resource'] === undefined ? [] : [state['Resource']],
    );
    const raw = file.endsWith('/asl.yaml') ? ['arn:aws:states:::sqs:sendMessage'] : [];
    expect(resources.filter((resource) => ![...RESOURCES, ...raw].includes(String(resource)))).toEqual([]);
    const tokens = textsIn(compiled.definition).flatMap((text) => [...text.matchAll(/\$\{(\w+)\}/g)]);
    expect(tokens.map(([, token = '']) => token).filter((token) => !TOKENS.includes(token))).toEqual([]);
  });

  test('has expressions that parse and read only variables that some state assigns', () => {
    const assigned = blocks.flatMap(({ body }) => assignedIn(body));
    const known = new Set(['states', ...FUNCTIONS.keys(), ...assigned]);
    const texts = textsIn(compiled.definition).flatMap((text) => readExpression(text)?.text ?? []);
    const read = texts.flatMap((text) => parseExpression(text).variables.filter(({ called }) => !called));
    expect(read.map(({ name }) => name).filter((name) => !known.has(name))).toEqual([]);
  });

  test('says of every step in which state it does its work', () => {
    const names = new Set(states.map(([name]) => name));
    expect(compiled.steps.filter(({ state }) => !names.has(state))).toEqual([]);
  });

  test('compiles to the same document again', () => {
    expect(JSON.stringify(compileFile(file))).toBe(JSON.stringify(compiled));
  });
});

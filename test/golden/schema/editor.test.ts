import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { STEP_KINDS } from '#definition/step-kinds.ts';
import { type EditedFile, hoverOver, offersAt, problemsOf } from '#support/editor.ts';

const EXAMPLES = new URL('../../../workflows/', import.meta.url);
const examples = readdirSync(EXAMPLES, { recursive: true, encoding: 'utf8' }).filter((path) =>
  path.endsWith('.yaml'),
);

function example(path: string): EditedFile {
  const url = new URL(path, EXAMPLES);
  return { url, text: readFileSync(url, 'utf8') };
}

/** A workflow with one step, of these lines. */
function workflowWith(...lines: readonly string[]): EditedFile {
  const head = [
    '# yaml-language-server: $schema=../schema/workflow.json',
    'stepwright: 1',
    'name: a',
    'version: 1.0.0',
  ];
  const steps = ['steps:', '  - id: a', ...lines.map((line) => `    ${line}`)];
  return { url: new URL('edited.yaml', EXAMPLES), text: [...head, ...steps, ''].join('\n') };
}

describe.each(examples)('the example %s', (path) => {
  const { url, text } = example(path);

  test('names its schema, and the editor finds nothing wrong with it', async () => {
    expect(text).toMatch(/^# yaml-language-server: \$schema=/);
    expect(await problemsOf({ url, text })).toEqual([]);
  });

  test('with a key that is misspelt is marked at the key', async () => {
    const line = text.split('\n').findIndex((each) => each.startsWith('stepwright:')) + 1;
    const misspelt = text.replace(/^stepwright:/m, 'stepwrigth:');
    expect(await problemsOf({ url, text: misspelt })).toContain(
      `${line}: Property stepwrigth is not allowed.`,
    );
  });
});

describe('what the editor offers', () => {
  test('in a step are the fields of each kind, and each kind as a whole', async () => {
    const offers = await offersAt(workflowWith('‸'));
    expect(offers).toEqual(expect.arrayContaining([...STEP_KINDS]));
    expect(offers).toEqual(expect.arrayContaining(STEP_KINDS.map((kind) => `${kind} step`)));
  });

  test.each<[string, readonly string[], readonly string[]]>([
    ['a command', ['command: lamp.set', '‸'], ['device', 'with', 'expect', 'compensate', 'retry']],
    ['the undo of a command', ['command: lamp.set', 'compensate:', '  ‸'], ['command', 'with', 'timeout']],
    ['an approval', ['approve:', '  ‸'], ['group', 'timeout', 'remind', 'quorum']],
    ['what an iteration tolerates', ['forEach: "{% [1] %}"', 'tolerate:', '  ‸'], ['count', 'percent']],
  ])('inside %s are its fields', async (_, lines, fields) => {
    expect(await offersAt(workflowWith(...lines))).toEqual(expect.arrayContaining([...fields]));
  });

  test.each<[string, readonly string[], readonly string[]]>([
    ['onExceeded', ['forEach: "{% [1] %}"', 'onExceeded: ‸'], ['rollback', 'halt', 'continue']],
    ['timeout', ['command: lamp.set', 'timeout: ‸'], ['60s', '5m', '1h30m']],
  ])('as the value of %s are its values, or examples of them', async (_, lines, values) => {
    expect(await offersAt(workflowWith(...lines))).toEqual(expect.arrayContaining([...values]));
  });
});

describe('what the editor tells', () => {
  test.each([
    ['ring-rollout.yaml', 'betweenWaves', 'What is done after each wave'],
    ['ring-rollout.yaml', 'maxConcurrency', 'Iterations at once'],
    ['ring-rollout.yaml', 'soak', '1h30m'],
    ['commands/firmware.install.yaml', 'effect', 'the point of no return'],
    ['stepwright.yaml', 'pools', 'Named pools of units'],
    ['fleets/plant.yaml', 'seed', 'The same seed gives the same run'],
    ['decisions/wave-policy.yaml', 'hit', 'Which rules count'],
    ['alerts/plant.yaml', 'inhibitedBy', 'being the same trouble'],
    ['reports/weekly-rollouts.yaml', 'measures', 'reckoned over the records'],
  ])('in %s of %s is what it is for', async (path, word, text) => {
    expect(await hoverOver(`${word}:`, example(path))).toContain(text);
  });

  test.each([
    [
      'a key that no step has',
      ['command: lamp.set', 'device: lamp-1', 'expectt: "{% true %}"'],
      '9: Property expectt is not allowed.',
    ],
    [
      'a value that is none of those',
      ['command: lamp.set', 'device: lamp-1', 'await: never'],
      '9: Value is not accepted. Valid values: "response", "ack", "none".',
    ],
  ])('of %s is that it is wrong', async (_, lines, problem) => {
    expect(await problemsOf(workflowWith(...lines))).toContain(problem);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DecideRequestSchema } from '#compiler/call-payload.ts';
import { compileWorkflow } from '#compiler/compile.ts';
import { plannedDecisions } from '#compiler/forecast/planned-decisions.ts';
import type { Json, JsonObject } from '#core/json.ts';
import { compileDecision, decide } from '#decisions/decision.ts';
import { DecisionError } from '#decisions/fault.ts';
import type { DecisionFile } from '#definition/decision/decision.ts';
import type { DecisionTable } from '#definition/decision/table.ts';
import { answerTask } from '#engine/answer-task.ts';
import { workflowOf } from '#support/compile-text.ts';
import { EngineRun } from '#support/engine-run.ts';

const NUMBERS = [-3, -0, 0, 1, 2.5, 7, 1e21];
const TEXTS = ['pump', 'valve', "it's", 'a "b" \\', '', '2026-11-25'];
const OUTSIDE: readonly Json[] = [null, true, false, [1], ['pump'], [], { a: 1 }, 'other', 12];

/** Types of inputs, each with values that are of it. */
const TYPES: readonly { readonly schema: JsonObject; readonly fitting: readonly Json[] }[] = [
  { schema: { type: 'integer', minimum: 0 }, fitting: [0, 1, 7, 1e21] },
  { schema: { type: 'number', exclusiveMaximum: 7 }, fitting: [-3, -0, 0, 1, 2.5] },
  { schema: { type: 'string', enum: TEXTS.slice(0, 4) }, fitting: TEXTS.slice(0, 4) },
  { schema: { type: 'string' }, fitting: TEXTS },
  { schema: { type: 'boolean' }, fitting: [true, false] },
  { schema: { type: ['number', 'null'], default: null }, fitting: [null, ...NUMBERS] },
  {
    schema: { type: ['string', 'integer', 'boolean'], enum: ['pump', 1, 7, true] },
    fitting: ['pump', 1, 7, true],
  },
  { schema: { type: ['string', 'number'], default: 'pump' }, fitting: [...TEXTS, ...NUMBERS] },
];

const literal = fc.oneof(
  fc.constantFrom(...NUMBERS.filter((each) => each < 100)).map((each) => String(each)),
  fc.constantFrom(...TEXTS.slice(0, 2), '2026-11-25').map((text) => JSON.stringify(text)),
);
const comparison = fc
  .tuple(fc.constantFrom('', '<', '<=', '>', '>=', '!='), literal)
  .map((parts) => parts.join(' ').trim());
const interval = fc
  .tuple(
    fc.constantFrom('[', '('),
    fc.constantFrom(-3, 0, 1),
    fc.constantFrom(2, 7),
    fc.constantFrom(']', ')'),
  )
  .map(([open, from, to, close]) => `${open}${from}..${to}${close}`);
const tests = fc
  .array(fc.oneof(comparison, interval, fc.constantFrom('true', 'null')), { minLength: 1, maxLength: 3 })
  .map((all) => all.join(', '));
const cell = fc.oneof(
  tests,
  tests.map((text) => `not(${text})`),
  comparison,
  interval,
  fc.constant('-'),
  fc.constantFrom<Json>(1, 7, true, false, null, '"pump"'),
  fc.array(fc.constantFrom(1, 7, 'pump', "it's", 'a "b" \\', true, null), { minLength: 1, maxLength: 3 }),
);
const rule = fc.record({
  when: fc.dictionary(fc.constantFrom('a', 'b', 'c'), cell, { maxKeys: 2 }),
  give: fc.record({ level: fc.constantFrom<Json>(1, 2, null, '{% no') }),
});
const table = fc
  .record({
    hit: fc.constantFrom('first', 'unique', 'any'),
    rules: fc.array(rule, { minLength: 1, maxLength: 5 }),
    otherwise: fc.option(fc.constant({ level: 9 }), { nil: undefined }),
  })
  .map(({ otherwise, ...all }): DecisionTable => {
    const whole = otherwise === undefined ? all : { ...all, otherwise };
    // The shapes of cells that are generated are those of the schema.
    return whole as DecisionTable;
  });
const type = fc.constantFrom(...TYPES);
/** Types of the inputs, and values for them of which most fit and some are missing. */
const asked = fc.record({ a: type, b: type, c: type }).chain((types) => {
  const value = ({ fitting }: (typeof TYPES)[number]): fc.Arbitrary<Json> =>
    fc.oneof(
      { weight: 15, arbitrary: fc.constantFrom(...fitting) },
      { weight: 1, arbitrary: fc.constantFrom(...NUMBERS, ...TEXTS, ...OUTSIDE) },
    );
  const some = { a: value(types.a), b: value(types.b), c: value(types.c) };
  const given = fc.oneof(
    { weight: 5, arbitrary: fc.record(some) },
    { weight: 1, arbitrary: fc.record(some, { requiredKeys: [] }) },
  );
  return fc.record({
    types: fc.constant({ a: types.a.schema, b: types.b.schema, c: types.c.schema }),
    all: fc.array(given, { minLength: 4, maxLength: 8 }),
  });
});

function fileOf(form: Partial<DecisionFile>): DecisionFile {
  return {
    ...{ stepwright: 1, decision: 'generated', version: '1.0.0' },
    ...{ inputs: {}, outputs: { level: {} } },
    ...form,
  };
}

/** A workflow that asks the decision with inputs of its own. */
function asking(file: DecisionFile, fields: JsonObject, more = ''): ReturnType<typeof compileWorkflow> {
  const decideStep = JSON.stringify({ decision: 'generated', ...fields });
  const workflow = workflowOf(
    `steps: [{ id: pick, decide: ${decideStep}${more} }]\noutput: "{% { 'pick': $pick } %}"`,
  );
  return compileWorkflow(workflow, {
    decisions: new Map([['pick', '1.0.0']]),
    decisionFiles: new Map([['pick', file]]),
  });
}

const BY_PATH = { a: '{% $input.a %}', b: '{% $input.b %}', c: '{% $input.c %}' };

/** The engine with the library behind the handler of decisions, and how often that was asked. */
function decidingRun(file: DecisionFile): { readonly run: EngineRun; readonly asked: () => number } {
  const decision = compileDecision(file);
  let asked = 0;
  const run: EngineRun = new EngineRun({
    DecideFunctionArn: async (payload) => {
      asked++;
      const { taskToken, input } = DecideRequestSchema.parse(payload);
      await answerTask(run.engine, taskToken, async () => (await decide(decision, input)).output);
      return null;
    },
  });
  return { run, asked: () => asked };
}

async function endOf(run: EngineRun, ref: { readonly machine: string; readonly name: string }) {
  const { status, output, error, cause } = await run.finish(ref);
  // What the engine itself says of a state names it, and its events.
  return { status, output, error, cause: error?.startsWith('States.') === true ? '' : cause };
}

describe('a table that becomes a Choice state', () => {
  test('decides as the handler does, fails with the same names, and asks it only where it fails', async () => {
    let decided = 0;
    await fc.assert(
      fc.asyncProperty(table, asked, async (generated, { types, all }) => {
        const file = fileOf({ inputs: types, table: generated });
        const { run, asked: countOf } = decidingRun(file);
        using _run = run;
        const [choice, task] = [true, false].map((inline) => asking(file, { input: BY_PATH, inline }));
        if (choice === undefined || task === undefined) return;
        expect(choice.steps[0]?.askState).toBe('pick ask');
        await run.engine.deploy({ name: 'choice', definition: choice.definition });
        await run.engine.deploy({ name: 'task', definition: task.definition });
        for (const [at, input] of all.entries()) {
          const [one, other] = ['choice', 'task'].map((machine) => ({ machine, name: `run${at}` }));
          if (one === undefined || other === undefined) return;
          await run.engine.start(one, input);
          const before = countOf();
          const end = await endOf(run, one);
          const calls = countOf() - before;
          await run.engine.start(other, input);
          expect(end).toEqual(await endOf(run, other));
          if (end.status === 'SUCCEEDED') {
            expect(calls).toBe(0);
            decided++;
          }
        }
      }),
      { numRuns: 60 },
    );
    expect(decided).toBeGreaterThan(100);
  }, 60_000);

  test('says with what it decides which rule held, as the handler does', async () => {
    const file = fileOf({
      inputs: { a: { type: 'integer' } },
      table: { rules: [{ when: { a: '> 1' }, give: { level: 1 }, note: 'many' }], otherwise: { level: 2 } },
    });
    const { run } = decidingRun(file);
    using _run = run;
    await run.engine.deploy({
      name: 'choice',
      definition: asking(file, { input: { a: '{% $input.a %}' } }).definition,
    });
    const becauseOf = async (a: number): Promise<unknown> => {
      const ref = { machine: 'choice', name: `run${a}` };
      await run.engine.start(ref, { a });
      await run.finish(ref);
      const exit = (await run.engine.history(ref, 0)).find(({ type }) => type === 'ChoiceStateExited');
      return JSON.parse(String(Object(exit?.details['assignedVariables'])['pick__because']));
    };
    const common = { decision: 'generated', version: '1.0.0' };
    expect(await becauseOf(2)).toEqual({ ...common, rules: [{ rule: 1, note: 'many' }] });
    expect(await becauseOf(0)).toEqual({ ...common, rules: [], otherwise: true });
  });

  test('gives a field of what is decided where the output of the step is one, and asks where there is none', async () => {
    const file = fileOf({
      inputs: { a: { type: 'integer' } },
      table: { rules: [{ when: { a: '> 1' }, give: { level: 7 } }] },
    });
    const { run } = decidingRun(file);
    using _run = run;
    const compiled = asking(file, { input: { a: '{% $input.a %}' } }, ', output: "{% $result.level %}"');
    await run.engine.deploy({ name: 'choice', definition: compiled.definition });
    await run.engine.start({ machine: 'choice', name: 'one' }, { a: 2 });
    await run.engine.start({ machine: 'choice', name: 'two' }, { a: 1 });
    expect(await endOf(run, { machine: 'choice', name: 'one' })).toMatchObject({ output: { pick: 7 } });
    expect(await endOf(run, { machine: 'choice', name: 'two' })).toMatchObject({
      error: 'States.QueryEvaluationError',
    });
  });
});

const INTEGER = { a: { type: 'integer' } };
const RULE = { when: { a: '> 1' }, give: { level: 1 } };
const GIVEN = { input: { a: '{% $input.a %}' } };

interface Kept {
  readonly file: Partial<DecisionFile>;
  readonly step?: JsonObject;
  /** A text, or what one is to be like. */
  readonly reason: unknown;
}

const KEPT: Readonly<Record<string, Kept>> = {
  'a step that wants none': {
    file: { table: { rules: [RULE] } },
    step: { ...GIVEN, inline: false },
    reason: 'the step says `inline: false`',
  },
  'a tree': { file: { tree: [{ else: true, give: { level: 1 } }] }, reason: 'it decides by a tree' },
  'an expression': { file: { expression: { level: 1 } }, reason: 'it decides by an expression' },
  'a policy that lists': {
    file: { table: { hit: 'collect', rules: [RULE] } },
    reason: 'its policy is collect',
  },
  'many rules': {
    file: { table: { rules: Array.from({ length: 21 }, () => RULE) } },
    reason: 'it has 21 rules, more than 20',
  },
  'a table without inputs': {
    file: { inputs: {}, table: { hit: 'first', rules: [{ when: {}, give: { level: 1 } }] } },
    step: {},
    reason: 'it decides without inputs',
  },
  'a table of long texts': {
    file: { table: { rules: [{ ...RULE, give: { level: 'x'.repeat(20_000) } }] } },
    reason: expect.stringMatching(/^it would take 40\d+ characters of the machine, more than 16384$/),
  },
  'a cell with an expression': {
    file: { table: { rules: [{ ...RULE, when: { a: '{% $value > 1 %}' } }] } },
    reason: 'rule 1 asks by an expression',
  },
  'a date': {
    file: { table: { rules: [{ ...RULE, when: { a: '> date("2026-11-25")' } }] } },
    reason: 'rule 1 compares a date, a time or a duration with "a"',
  },
  'an output that is an expression': {
    file: { table: { rules: [{ ...RULE, give: { level: '{% $input.a %}' } }] } },
    reason: 'rule 1 gives what an expression makes',
  },
  'an otherwise that is an expression': {
    file: { table: { rules: [RULE], otherwise: { level: '{% $input.a %}' } } },
    reason: 'its `otherwise` gives what an expression makes',
  },
  'an input with a pattern': {
    file: { inputs: { a: { type: 'string', pattern: '^x' } }, table: { rules: [RULE] } },
    reason: 'it cannot check `pattern` of the input "a"',
  },
  'an input of any type': {
    file: { inputs: { a: {} }, table: { rules: [RULE] } },
    reason: 'it cannot check the `type` of the input "a"',
  },
  'an input that can fail': {
    file: { table: { rules: [RULE] } },
    step: { input: { a: '{% $input.a + 1 %}' } },
    reason: 'the input "a" is an expression that can fail, and a Choice state catches nothing',
  },
  'an input that changes': {
    file: { table: { rules: [RULE] } },
    step: { input: { a: '{% $random() %}' } },
    reason: 'the input "a" is an expression that can fail, and a Choice state catches nothing',
  },
};

describe('a decision that stays a call', () => {
  test.each(Object.entries(KEPT))('%s', (_, { file, step = GIVEN, reason }) => {
    const whole = fileOf({ inputs: INTEGER, ...file });
    const compiled = asking(whole, step);
    expect(compiled.steps[0]).not.toHaveProperty('askState');
    const workflow = workflowOf(
      `steps: [{ id: pick, decide: ${JSON.stringify({ decision: 'generated', ...step })} }]`,
    );
    const options = { decisionFiles: new Map([['pick', whole]]) };
    expect(plannedDecisions(workflow, compiled, options)).toMatchObject([{ by: 'task', reason }]);
  });

  test('one at the end of an iteration, where a Choice is dearer', () => {
    const workflow = workflowOf(
      `steps: [{ id: each, forEach: "{% [1, 2] %}", steps: [{ id: pick, decide: ${JSON.stringify({ decision: 'generated', ...GIVEN })} }] }]`,
    );
    const decisionFiles = new Map([['pick', fileOf({ inputs: INTEGER, table: { rules: [RULE] } })]]);
    const options = { decisions: new Map([['pick', '1.0.0']]), decisionFiles };
    const [planned] = plannedDecisions(workflow, compileWorkflow(workflow, options), options);
    expect(planned?.by).toBe('task');
    expect(planned?.reason).toContain('the last of its branch or iteration');
    expect(planned?.dollarsAsChoice).toBeGreaterThan(planned?.dollarsAsTask ?? 0);
  });
});

test('an error of the library has the name that the machine fails with', async () => {
  const decision = compileDecision(fileOf({ inputs: INTEGER, table: { rules: [RULE] } }));
  await expect(async () => decide(decision, { a: Number.NaN })).rejects.toThrow(DecisionError);
});

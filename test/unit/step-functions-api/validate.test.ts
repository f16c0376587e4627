import { ValidateStateMachineDefinitionCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectValidator } from '#engine/step-functions-validation.ts';
import { openStepFunctions, SECRET, type StepFunctionsServer } from '#support/step-functions-server.ts';

let server: StepFunctionsServer;

beforeAll(async () => {
  server = await openStepFunctions();
});
afterAll(async () => {
  await server.close();
  expect(server.defects).toEqual([]);
});

async function validate(definition: string, more: object = {}): Promise<unknown> {
  const { $metadata, ...result } = await server.client.send(
    new ValidateStateMachineDefinitionCommand({ definition, ...more }),
  );
  return result;
}

const OK = { result: 'OK', diagnostics: [], truncated: false };
const failed = (...diagnostics: object[]): object => ({
  ...{ result: 'FAIL', truncated: false },
  diagnostics: diagnostics.map((diagnostic) => ({ severity: 'ERROR', ...diagnostic })),
});
const schema = (message: string, location?: string): object => ({
  ...{ code: 'SCHEMA_VALIDATION_FAILED', message },
  ...(location === undefined ? {} : { location }),
});

/** One state `a`, in a machine in JSONata. */
const machine = (state: object, more: object = {}): string =>
  JSON.stringify({ QueryLanguage: 'JSONata', StartAt: 'a', States: { a: state }, ...more });

test.each<[string, string, object, object]>([
  ['a machine that is one', machine({ Type: 'Pass', End: true }), {}, OK],
  ['an empty text', '""', {}, failed(schema('Definition must be a valid JSON object'))],
  [
    'no JSON',
    'not a definition',
    {},
    failed({
      code: 'INVALID_JSON_DESCRIPTION',
      location: '[Source: (String)"not a definition"; line: 1, column: 4]',
      message:
        "Unrecognized token 'not': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')\n at [Source: (String)\"not a definition\"; line: 1, column: 4]",
    }),
  ],
  ['an empty object', '{}', {}, failed(schema('These fields are required: [States, StartAt]', '/'))],
  [
    'no first state',
    '{"States":{"a":{"Type":"Pass","End":true}}}',
    { type: 'EXPRESS' },
    failed(schema('These fields are required: [StartAt]', '/')),
  ],
  [
    'a wait for a token in an express machine',
    machine({ Type: 'Task', Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken', End: true }),
    { type: 'EXPRESS' },
    failed(
      schema(
        "Express state machine does not support '.waitForTaskToken' service integration ",
        '/States/a/Resource',
      ),
    ),
  ],
  [
    'a state in the other language',
    machine({ Type: 'Pass', QueryLanguage: 'JSONPath', End: true }),
    {},
    failed(
      schema(
        "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine",
        '/States/a',
      ),
    ),
  ],
  [
    'targets that are not there, at every place',
    machine({
      Type: 'Parallel',
      Branches: [
        {
          StartAt: 'x',
          States: { b: { Type: 'Choice', Choices: [{ Condition: true, Next: 'c' }], Default: 'd' } },
        },
      ],
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'e' }],
      Next: 'f',
    }),
    {},
    failed(
      ...[
        ['Next', 'f', '/States/a/Next'],
        ['Next', 'e', '/States/a/Catch/0/Next'],
        ['StartAt', 'x', '/States/a/Branches/0/StartAt'],
        ['Default', 'd', '/States/a/Branches/0/States/b/Default'],
        ['Next', 'c', '/States/a/Branches/0/States/b/Choices/0/Next'],
      ].map(([field, target, location]) => ({
        code: 'MISSING_TRANSITION_TARGET',
        message: `Missing '${field}' target: ${target}`,
        location,
      })),
    ),
  ],
  [
    'a Parallel without branches',
    machine({ Type: 'Parallel', Branches: [], End: true }),
    {},
    failed(schema('Value cannot be empty', '/States/a/Branches')),
  ],
])('%s is found to be what it is', async (_title, definition, more, expected) => {
  expect(await validate(definition, more)).toEqual(expected);
});

test('what the engine and the rules of machines find is told, too', async () => {
  expect(await validate(machine({ Type: 'Wait', End: true }))).toMatchObject({
    result: 'FAIL',
    diagnostics: [{ message: expect.stringContaining('Exactly one of these fields is required') }, {}],
  });
  expect(await validate(machine({ Type: 'Pass', Output: '{% $nobody %}', End: true }))).toMatchObject({
    result: 'FAIL',
    diagnostics: [{ message: expect.stringContaining('SW17'), location: '/States/a/Output' }],
  });
});

test('warnings are told where they are asked for, and do not fail the machine', async () => {
  const undecided = JSON.stringify({
    ...{ QueryLanguage: 'JSONata', StartAt: 'c' },
    States: {
      c: { Type: 'Choice', Choices: [{ Condition: '{% $states.input.x %}', Next: 'd' }] },
      d: { Type: 'Succeed' },
    },
  });
  expect(await validate(undecided)).toEqual(OK);
  expect(await validate(undecided, { severity: 'WARNING' })).toMatchObject({
    result: 'OK',
    diagnostics: [{ severity: 'WARNING', message: expect.stringContaining('SW1707'), location: '/States/c' }],
  });
});

test('findings beyond what is asked for are cut off, and that is told', async () => {
  const states = Object.fromEntries(
    Array.from({ length: 150 }, (_, n) => [`s${n}`, { Type: 'Pass', Next: 'none' }]),
  );
  const definition = JSON.stringify({ QueryLanguage: 'JSONata', StartAt: 's0', States: states });
  const all = await validate(definition);
  expect(all).toMatchObject({ truncated: true, diagnostics: { length: 100 } });
  expect(await validate(definition, { maxResults: 3 })).toMatchObject({
    truncated: true,
    diagnostics: { length: 3 },
  });
});

test.each([
  ['brackets', `{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`],
  [
    'nested states',
    `{"StartAt":"a","States":{"a":${'{"Type":"Parallel","Branches":[{"StartAt":"a","States":{"a":'.repeat(200)}{}${'}}]}'.repeat(200)}}}`,
  ],
])('hostile %s are one finding', async (_title, definition) => {
  expect(await validate(definition)).toMatchObject({
    result: 'FAIL',
    diagnostics: [{ message: expect.stringContaining('nesting depth') }],
  });
});

test('`validate --remote` works against this server', async () => {
  const before = { ...process.env };
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'stepwright', AWS_SECRET_ACCESS_KEY: SECRET });
  try {
    const ask = connectValidator({ endpointUrl: server.url, region: 'eu-central-1' });
    expect(await ask({ StartAt: 'a', States: { a: { Type: 'Pass', Next: 'b' } } })).toEqual([
      {
        ...{ code: 'MISSING_TRANSITION_TARGET', severity: 'error', location: '/States/a/Next' },
        message: "Missing 'Next' target: b",
      },
    ]);
  } finally {
    process.env = before;
  }
});

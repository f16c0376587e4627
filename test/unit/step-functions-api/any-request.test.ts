import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OPERATIONS } from '#step-functions-api/operations.ts';
import { SignatureSha256 } from '#step-functions-api/signature-sha256.ts';
import { openStepFunctions, ROLE, SECRET, type StepFunctionsServer } from '#support/step-functions-server.ts';

let server: StepFunctionsServer;

beforeAll(async () => {
  server = await openStepFunctions();
});
afterAll(() => server.close());

interface Answer {
  readonly status: number;
  readonly body: { readonly __type?: unknown; readonly message?: unknown };
}

/** Sends a body, signed, to an operation. Polls and the like are given up after a moment. */
async function send(target: string, body: string, type = 'application/x-amz-json-1.0'): Promise<Answer> {
  const { host, hostname } = new URL(server.url);
  const signer = new SignatureV4({
    ...{ service: 'states', region: 'eu-central-1', sha256: SignatureSha256 },
    credentials: { accessKeyId: 'stepwright', secretAccessKey: SECRET },
  });
  const headers = { host, 'content-type': type, 'x-amz-target': target };
  const { headers: signed } = await signer.sign({
    ...{ method: 'POST', protocol: 'http:', hostname, path: '/', query: {}, headers, body },
  });
  const response = await fetch(server.url, { method: 'POST', headers: signed, body });
  return { status: response.status, body: JSON.parse(await response.text()) };
}

const MACHINE = 'arn:aws:states:local:000000000000:stateMachine:m';

/** Members that operations have, so that generated bodies come further than their schemas. */
const MEMBERS: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  stateMachineArn: fc.constantFrom(MACHINE, `${MACHINE}:1`, `${MACHINE}:LIVE`, `${MACHINE}:`, 'x', ':::::::'),
  stateMachineVersionArn: fc.constantFrom(`${MACHINE}:1`, MACHINE),
  stateMachineAliasArn: fc.constantFrom(`${MACHINE}:LIVE`, MACHINE),
  executionArn: fc.constantFrom(
    MACHINE.replace('stateMachine', 'execution'),
    `${MACHINE.replace('stateMachine', 'execution')}:a`,
  ),
  activityArn: fc.constantFrom('arn:aws:states:local:000000000000:activity:none', 'arn'),
  mapRunArn: fc.constant('arn:aws:states:local:000000000000:mapRun:m/l:u'),
  resourceArn: fc.constantFrom(MACHINE, `${MACHINE}:1`, 'arn:aws:states:::other'),
  name: fc.oneof(fc.constantFrom('m', 'LIVE', '__proto__', 'constructor'), fc.string({ unit: 'binary' })),
  definition: fc.oneof(
    fc.json(),
    fc.constantFrom(
      '{"QueryLanguage":"JSONata","StartAt":"a","States":{"a":{"Type":"Pass","End":true}}}',
      '{"StartAt":"__proto__","States":{"__proto__":{"Type":"Pass"}}}',
      '{"QueryLanguage":"JSONata","StartAt":"a","States":{"a":{"Type":"Map","End":true,"ItemProcessor":[]}}}',
    ),
  ),
  roleArn: fc.constant(ROLE),
  input: fc.oneof(fc.json(), fc.string()),
  output: fc.oneof(fc.json(), fc.string()),
  taskToken: fc.oneof(fc.string({ minLength: 1 }), fc.constant('1.2.AAAA')),
  nextToken: fc.string({ minLength: 1 }),
  maxResults: fc.oneof(fc.integer(), fc.double()),
  publish: fc.boolean(),
  type: fc.constantFrom('STANDARD', 'EXPRESS', 'OTHER'),
  routingConfiguration: fc.array(
    fc.record({ stateMachineVersionArn: fc.constant(`${MACHINE}:1`), weight: fc.constant(100) }),
  ),
  tags: fc.array(fc.record({ key: fc.string(), value: fc.string() })),
  tagKeys: fc.array(fc.string()),
  mock: fc.record({ result: fc.json() }),
  variables: fc.json(),
  statusFilter: fc.constantFrom('RUNNING', 'running'),
};

const member = fc
  .constantFrom(...Object.keys(MEMBERS))
  .chain((name) =>
    fc.tuple(
      fc.constant(name),
      fc.oneof(
        { weight: 4, arbitrary: MEMBERS[name] ?? fc.anything() },
        { weight: 1, arbitrary: fc.jsonValue() },
      ),
    ),
  );
const body = fc.array(member, { maxLength: 8 }).map((members) => JSON.stringify(Object.fromEntries(members)));

/** Those that would hold the test up when they are valid: a poll waits for a minute. */
const quick = [...OPERATIONS.keys()].filter((name) => name !== 'GetActivityTask');

test('any body to any operation is answered as the service would: an output, or a fault of its own', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...quick), body, async (operation, text) => {
      const answer = await send(`AWSStepFunctions.${operation}`, text);
      expect([200, 400]).toContain(answer.status);
      if (answer.status === 200) return;
      expect(answer.body.__type).toMatch(/^[A-Z]\w+$/);
      expect(answer.body.message).toMatch(/./);
      expect(JSON.stringify(answer.body)).not.toMatch(/at .*\.ts:\d+/);
    }),
    { numRuns: 1_500 },
  );
  expect(server.defects).toEqual([]);
}, 60_000);

test('any text in place of a body is refused as one that cannot be read', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.string({ minLength: 1 }),
        fc.json().filter((text) => !text.startsWith('{')),
      ),
      async (text) => {
        const answer = await send('AWSStepFunctions.ListActivities', text);
        expect(answer).toMatchObject({ status: 400, body: { __type: 'SerializationException' } });
      },
    ),
    { numRuns: 100 },
  );
});

test.each([
  ['AWSStepFunctions.DropEverything', 'UnknownOperationException'],
  ['AWSStepFunctions.constructor', 'UnknownOperationException'],
  ['Other.ListActivities', 'UnknownOperationException'],
  ['', 'UnknownOperationException'],
])('the target "%s" is none', async (target, type) => {
  expect(await send(target, '{}')).toMatchObject({ status: 400, body: { __type: type } });
});

test('a body of another type is refused', async () => {
  expect(await send('AWSStepFunctions.ListActivities', '{}', 'application/cbor')).toMatchObject({
    body: { __type: 'SerializationException' },
  });
});

test('a body that is too large is refused', async () => {
  expect(await send('AWSStepFunctions.ListActivities', 'x'.repeat(4 * 1024 * 1024 + 1))).toMatchObject({
    status: 413,
    body: { __type: 'RequestEntityTooLargeException' },
  });
});

test.each([
  [
    {},
    'ValidationException',
    "1 validation error detected: Value null at 'stateMachineArn' failed to satisfy constraint: Member must not be null",
  ],
  [
    { stateMachineArn: null },
    'ValidationException',
    "1 validation error detected: Value null at 'stateMachineArn' failed to satisfy constraint: Member must not be null",
  ],
  [
    { stateMachineArn: 7 },
    'SerializationException',
    'NUMBER_VALUE cannot be converted to the type of the member',
  ],
  [{ stateMachineArn: [] }, 'SerializationException', 'Start of list found where not expected'],
  [
    { stateMachineArn: MACHINE, maxResults: 1_001 },
    'ValidationException',
    "1 validation error detected: Value '1001' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 1000",
  ],
  [
    { stateMachineArn: '', maxResults: -1 },
    'ValidationException',
    "2 validation errors detected: Value '' at 'stateMachineArn' failed to satisfy constraint: Member must have length greater than or equal to 1; Value '-1' at 'maxResults' failed to satisfy constraint: Member must have value greater than or equal to 0",
  ],
])('the input %j is refused in the words of the service', async (input, type, message) => {
  expect(await send('AWSStepFunctions.ListStateMachineVersions', JSON.stringify(input))).toEqual({
    status: 400,
    body: { __type: type, message },
  });
});

test('members that are not known, and null for one that may be left out, are passed over', async () => {
  const input = JSON.stringify({ maxResults: null, unheardOf: { deep: [1] } });
  expect(await send('AWSStepFunctions.ListActivities', input)).toMatchObject({
    status: 200,
    body: { activities: expect.any(Array) },
  });
});

const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;

test.each([
  ['in place of a text', 'ListExecutions', `{"statusFilter":${nested(500_000)}}`, 'SerializationException'],
  [
    'in place of an object',
    'CreateStateMachine',
    `{"tracingConfiguration":${nested(500_000)}}`,
    'SerializationException',
  ],
  [
    'under a member that is not known',
    'CreateStateMachineAlias',
    `{"name":"a","routingConfiguration":[${Array.from({ length: 3 }, () => `{"stateMachineVersionArn":"a","weight":1,"x":${nested(100_000)}}`)}]}`,
    'ValidationException',
  ],
  [
    'in an input',
    'StartExecution',
    JSON.stringify({ stateMachineArn: MACHINE, input: nested(100_000) }),
    'InvalidExecutionInput',
  ],
  [
    'in an output',
    'SendTaskSuccess',
    JSON.stringify({ taskToken: 'x', output: nested(100_000) }),
    'InvalidToken',
  ],
])('lists within lists within lists, %s, are refused in a moment', async (_title, operation, text, type) => {
  const before = performance.now();
  expect(await send(`AWSStepFunctions.${operation}`, text)).toMatchObject({
    status: 400,
    body: { __type: type },
  });
  expect(performance.now() - before).toBeLessThan(2_000);
});

test.each([
  ['quotes that never end', `"${'\\"'.repeat(130_000)}`],
  ['backslashes', '\\'.repeat(262_144)],
  ['white space', ' '.repeat(262_143)],
])('an input of %s is refused in a moment', async (_title, input) => {
  const before = performance.now();
  const text = JSON.stringify({ stateMachineArn: MACHINE, input });
  expect(await send('AWSStepFunctions.StartExecution', text)).toMatchObject({ status: 400 });
  expect(performance.now() - before).toBeLessThan(2_000);
});

import { SFNClient, ValidateStateMachineDefinitionCommand } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, test } from 'vitest';
import { connectValidator } from '#engine/step-functions-validation.ts';

const sfn = mockClient(SFNClient);
beforeEach(() => sfn.reset());

const validateMachine = connectValidator({ region: 'eu-central-1', endpointUrl: 'http://127.0.0.1:1' });

test('what Step Functions finds is told as it says it', async () => {
  sfn.on(ValidateStateMachineDefinitionCommand).resolves({
    result: 'FAIL',
    diagnostics: [
      { severity: 'ERROR', code: 'MISSING_END_STATE', message: 'no end' },
      { severity: 'WARNING', code: 'NO_DOLLAR', message: 'no dollar', location: '/States/a/Arguments' },
    ],
  });
  expect(await validateMachine({})).toEqual([
    { severity: 'error', code: 'MISSING_END_STATE', message: 'no end', location: undefined },
    { severity: 'warning', code: 'NO_DOLLAR', message: 'no dollar', location: '/States/a/Arguments' },
  ]);
});

test('what Step Functions leaves out is empty', async () => {
  const nothing = { severity: undefined, code: undefined, message: undefined };
  sfn.on(ValidateStateMachineDefinitionCommand).resolves({ result: 'FAIL', diagnostics: [nothing] });
  const empty = { severity: 'error', code: '', message: '', location: undefined };
  expect(await validateMachine({})).toEqual([empty]);
});

test('a machine of which nothing is found gives no findings', async () => {
  sfn.on(ValidateStateMachineDefinitionCommand).resolves({ result: 'OK', diagnostics: [] });
  expect(await validateMachine({ StartAt: 'a' })).toEqual([]);
});

test('Step Functions is asked for warnings too, with ARNs in place of tokens', async () => {
  sfn.on(ValidateStateMachineDefinitionCommand).resolves({});
  // biome-ignore lint/suspicious/noTemplateCurlyInString: tokens of States Language
  await validateMachine({ a: '${CommandFunctionArn}', b: '${UnwindStateMachineArn}' });
  const [call] = sfn.commandCalls(ValidateStateMachineDefinitionCommand);
  expect(call?.args[0].input.severity).toBe('WARNING');
  expect(JSON.parse(call?.args[0].input.definition ?? '')).toEqual({
    a: 'arn:aws:lambda:us-east-1:123456789012:function:CommandFunctionArn',
    b: 'arn:aws:states:us-east-1:123456789012:stateMachine:UnwindStateMachineArn',
  });
});

/** An error as the AWS SDK throws it. */
function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

test.each([
  ['a region that is missing', new Error('Region is missing'), 'SW3052', 'invalid'],
  ['no credentials', named('CredentialsProviderError', 'Could not load'), 'SW3051', 'unauthorized'],
  [
    'a refused connection',
    Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }),
    'SW3053',
    'unavailable',
  ],
  [
    'an unknown host',
    Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' }),
    'SW3053',
    'unavailable',
  ],
  ['an address that is none', new TypeError('Invalid URL'), 'SW3053', 'unavailable'],
  ['no permission', named('AccessDeniedException', 'not authorized'), 'SW3054', 'forbidden'],
  ['old credentials', named('ExpiredTokenException', 'expired'), 'SW3054', 'forbidden'],
  ['throttling', named('ThrottlingException', 'Rate exceeded'), 'SW3055', 'too-many-requests'],
  ['an endpoint without the call', named('InvalidAction', 'Unknown action'), 'SW3056', 'unavailable'],
])('%s gives one clear error with a next step', async (_what, error, code, kind) => {
  sfn.on(ValidateStateMachineDefinitionCommand).rejects(error);
  await expect(validateMachine({})).rejects.toMatchObject({
    code,
    kind,
    hint: expect.any(String),
    cause: error,
  });
});

test('what is thrown that is no error is told of, too', async () => {
  sfn.on(ValidateStateMachineDefinitionCommand).callsFake(() => {
    throw 'nonsense';
  });
  await expect(validateMachine({})).rejects.toMatchObject({ code: 'SW3056', message: /nonsense/ });
});

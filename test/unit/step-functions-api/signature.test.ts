import { request } from 'node:http';
import { GetActivityTaskCommand, ListStateMachinesCommand } from '@aws-sdk/client-sfn';
import { SignatureV4 } from '@smithy/signature-v4';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SignatureSha256 } from '#step-functions-api/signature-sha256.ts';
import {
  clientOf,
  openStepFunctions,
  SECRET,
  type StepFunctionsServer,
} from '#support/step-functions-server.ts';

let server: StepFunctionsServer;

beforeAll(async () => {
  server = await openStepFunctions();
});
afterAll(() => server.close());

interface Answer {
  readonly status: number | undefined;
  readonly body: { readonly __type?: string; readonly message?: string };
}

/** What a test may do to a request: before it is signed, or after. */
interface Tampering {
  readonly date?: Date;
  readonly secret?: string;
  readonly accessKeyId?: string;
  readonly service?: string;
  readonly host?: string;
  readonly after?: (headers: Record<string, string>) => Record<string, string>;
  readonly body?: string;
}

/** Signs a request as an SDK does, and sends it, changed or not. */
async function send({
  date = new Date(),
  host,
  after = (headers) => headers,
  body,
  ...key
}: Tampering): Promise<Answer> {
  const { secret = SECRET, accessKeyId = 'stepwright', service = 'states' } = key;
  const { hostname, port } = new URL(server.url);
  const signer = new SignatureV4({
    ...{ service, region: 'eu-central-1', sha256: SignatureSha256 },
    credentials: { accessKeyId, secretAccessKey: secret },
  });
  const signed = await signer.sign(
    {
      ...{ method: 'POST', protocol: 'http:', hostname, path: '/', query: {}, body: '{}' },
      headers: {
        host: host ?? `${hostname}:${port}`,
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': 'AWSStepFunctions.ListStateMachines',
      },
    },
    { signingDate: date },
  );
  return post(after(signed.headers), body ?? '{}');
}

function post(headers: Record<string, string>, body: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(server.url, { method: 'POST', headers }, async (response) => {
      const text = (await response.toArray()).join('');
      resolve({ status: response.statusCode, body: text === '' ? {} : JSON.parse(text) });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

test('a request signed with the token is answered, whatever host it was meant for', async () => {
  expect(await send({})).toMatchObject({ status: 200, body: { stateMachines: [] } });
  expect(await send({ host: 'sync-states.eu-central-1.amazonaws.com' })).toMatchObject({ status: 200 });
});

const minutes = (count: number): Date => new Date(Date.now() + count * 60_000);
const without =
  (...names: string[]) =>
  (headers: Record<string, string>): Record<string, string> =>
    Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)));

test.each<[string, Tampering, string]>([
  ['no signature', { after: without('authorization') }, 'MissingAuthenticationTokenException'],
  ['another key id', { accessKeyId: 'AKIDEXAMPLE' }, 'UnrecognizedClientException'],
  ['another secret', { secret: 'a-token-that-is-wrong' }, 'InvalidSignatureException'],
  ['another service', { service: 'sns' }, 'InvalidSignatureException'],
  ['a body that was changed', { body: '{"maxResults":1}' }, 'InvalidSignatureException'],
  ['a date six minutes ago', { date: minutes(-6) }, 'InvalidSignatureException'],
  ['a date in six minutes', { date: minutes(6) }, 'InvalidSignatureException'],
  [
    'an operation that was changed',
    { after: (headers) => ({ ...headers, 'x-amz-target': 'AWSStepFunctions.DeleteStateMachine' }) },
    'InvalidSignatureException',
  ],
  [
    'a body hash that was changed with the body',
    {
      body: '{"maxResults":1}',
      after: (headers) => ({ ...headers, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }),
    },
    'InvalidSignatureException',
  ],
  ['a signed header that is gone', { after: without('x-amz-date') }, 'IncompleteSignatureException'],
  [
    'a date that is none',
    { after: (headers) => ({ ...headers, 'x-amz-date': 'today' }) },
    'IncompleteSignatureException',
  ],
  [
    'a bearer token',
    { after: (headers) => ({ ...headers, authorization: `Bearer ${SECRET}` }) },
    'IncompleteSignatureException',
  ],
  [
    'a signature of no header but the date',
    {
      after: (headers) => ({
        ...headers,
        authorization: (headers['authorization'] ?? '').replace(
          /SignedHeaders=[^,]+/,
          'SignedHeaders=x-amz-date',
        ),
      }),
    },
    'InvalidSignatureException',
  ],
])('%s is refused', async (_title, tampering, type) => {
  const { status, body } = await send(tampering);
  expect(status).toBe(400);
  expect(body).toMatchObject({ __type: type, message: expect.stringMatching(/./) });
});

test('a date four minutes off is taken', async () => {
  expect(await send({ date: minutes(-4) })).toMatchObject({ status: 200 });
  expect(await send({ date: minutes(4) })).toMatchObject({ status: 200 });
});

test('a client with another key sees the error as the service would give it', async () => {
  const stranger = clientOf(server.url, 'somebody-elses-secret');
  await expect(stranger.send(new ListStateMachinesCommand({}))).rejects.toMatchObject({
    name: 'InvalidSignatureException',
  });
  stranger.destroy();
});

test('a client that answers for a temporary session is let in by the same key', async () => {
  expect(
    await send({ after: (headers) => ({ ...headers, 'x-amz-security-token': 'not signed, not looked at' }) }),
  ).toMatchObject({ status: 200 });
});

test('closing the server ends the polls that wait', async () => {
  const other = await openStepFunctions();
  const client = clientOf(other.url);
  other.served.catalogue.activities.add({ name: 'a', createdAt: 0 });
  const poll = client.send(
    new GetActivityTaskCommand({ activityArn: 'arn:aws:states:local:000000000000:activity:a' }),
  );
  await expect.poll(() => other.served.activities.waiting('a')).toBe(1);
  await other.close();
  expect((await poll).taskToken).toBeUndefined();
  client.destroy();
});

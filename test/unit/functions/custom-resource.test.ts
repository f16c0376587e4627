import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { type Publisher, serveCustomResource } from '#functions/publish-workflow/custom-resource.ts';

let server: Server;
let url = '';
let answers: unknown[] = [];

beforeEach(async () => {
  answers = [];
  server = createServer(async (request, response) => {
    answers.push(JSON.parse((await Array.fromAsync(request)).join('')));
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${z.object({ port: z.number() }).parse(server.address()).port}/answer`;
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

const request = (more: object) => ({
  ResponseURL: url,
  StackId: 'stack',
  RequestId: 'request',
  LogicalResourceId: 'logical',
  ResourceProperties: { document: 'tour-1_0_0' },
  ...more,
});
const keeping = (published: string[]): Publisher => ({
  publish: async ({ document }) => void published.push(document),
  withdraw: async ({ document }) => void published.push(`not ${document}`),
});
const failing = (message: string): Publisher => ({
  publish: () => Promise.reject(new Error(message)),
  withdraw: async () => undefined,
});
const ANSWER = { StackId: 'stack', RequestId: 'request', LogicalResourceId: 'logical' };

test.each(['Create', 'Update'])('%s publishes the document, and is answered', async (RequestType) => {
  const published: string[] = [];
  await serveCustomResource(request({ RequestType }), keeping(published));
  expect(published).toEqual(['tour-1_0_0']);
  expect(answers).toEqual([{ ...ANSWER, Status: 'SUCCESS', PhysicalResourceId: 'tour-1_0_0' }]);
});

test('Delete publishes nothing, and says what is deployed no more', async () => {
  const published: string[] = [];
  const removed = request({ RequestType: 'Delete', PhysicalResourceId: 'physical' });
  await serveCustomResource(removed, keeping(published));
  expect(published).toEqual(['not tour-1_0_0']);
  expect(answers).toEqual([{ ...ANSWER, Status: 'SUCCESS', PhysicalResourceId: 'physical' }]);
});

test('a failure is answered with its reason, however long', async () => {
  await serveCustomResource(request({ RequestType: 'Create' }), failing('x'.repeat(9_000)));
  const [answer] = z.array(z.object({ Status: z.string(), Reason: z.string() })).parse(answers);
  expect(answer?.Status).toBe('FAILED');
  expect(answer?.Reason).toMatch(/^x{2000}$/);
});

test('a document asked for directly is published, and a failure is thrown', async () => {
  const published: string[] = [];
  await serveCustomResource({ document: 'tour-1_0_0' }, keeping(published));
  expect(published).toEqual(['tour-1_0_0']);
  const failed = serveCustomResource({ document: 'x' }, failing('no'));
  await expect(failed).rejects.toThrow('no');
  expect(answers).toEqual([]);
});

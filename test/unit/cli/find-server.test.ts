import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findServer, type ServerArguments } from '#cli/find-server.ts';

let data = '';
beforeAll(() => {
  data = mkdtempSync(join(tmpdir(), 'stepwright-token-'));
  writeFileSync(join(data, 'token'), 'kept\n');
});
afterAll(() => rmSync(data, { recursive: true }));

type Environment = Readonly<Record<string, string>>;

function find(args: Partial<ServerArguments>, environment: Environment = {}) {
  return findServer({ data, ...args }, environment);
}

test.each<
  [fact: string, args: Partial<ServerArguments>, environment: Environment, url: string, token: string]
>([
  ['a server on this machine, with its own token', {}, {}, 'http://127.0.0.1:8787', 'kept'],
  ['another port of it', { endpoint: 'http://localhost:9000/' }, {}, 'http://localhost:9000', 'kept'],
  ['its newer address', { endpoint: 'http://[::1]:9000' }, {}, 'http://[::1]:9000', 'kept'],
  [
    'what the environment names',
    {},
    { STEPWRIGHT_ENDPOINT: 'https://plant/live', STEPWRIGHT_TOKEN: 'env' },
    'https://plant/live',
    'env',
  ],
  [
    'what the options name before that',
    { endpoint: 'https://site', token: 'given' },
    { STEPWRIGHT_ENDPOINT: 'https://plant/live', STEPWRIGHT_TOKEN: 'env' },
    'https://site',
    'given',
  ],
  [
    'nothing of an empty variable',
    {},
    { STEPWRIGHT_ENDPOINT: '', STEPWRIGHT_TOKEN: '' },
    'http://127.0.0.1:8787',
    'kept',
  ],
])('a command is for %s', (_fact, args, environment, url, token) => {
  expect(find(args, environment)).toEqual({ url, token });
});

test('the token of this machine is given to no other', () => {
  expect(() => find({ endpoint: 'https://plant' })).toThrow(
    expect.objectContaining({ code: 'SW3062', message: 'no token is known for https://plant' }),
  );
});

test('without a data directory, it is told how to come by a token', () => {
  const missing = join(data, 'missing');
  expect(() => find({ data: missing })).toThrow(
    expect.objectContaining({ code: 'SW3062', hint: expect.stringContaining('--data') }),
  );
});

test.each(['plant:8787', 'plant', 'ftp://plant'])('%s is no address', (endpoint) => {
  expect(() => find({ endpoint })).toThrow(expect.objectContaining({ code: 'SW3060' }));
});

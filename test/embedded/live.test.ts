import { once } from 'node:events';
import { IncomingMessage } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { systemClock } from '#core/clock.ts';
import { type HttpServer, startHttpServer } from '#embedded/http-server.ts';
import { createMonitoring } from '#embedded/monitoring.ts';
import { LIVE_PROTOCOL, type ServerMessage, ServerMessageSchema } from '#monitoring/live/protocol.ts';
import { Database } from '#storage/database.ts';
import { SqliteTable } from '#table/sqlite.ts';

const TOKEN = 'a token, with "odd" marks';
const authorization = { headers: { authorization: 'Bearer secret-token-of-test' } };
const BEARER = 'secret-token-of-test';

let database: Database;
let table: SqliteTable;
let server: HttpServer;
const clients: WebSocket[] = [];
async function start(token: string): Promise<void> {
  database = new Database(':memory:');
  const onDefect = (error: unknown): void => {
    throw error;
  };
  const { log, tail, changes } = createMonitoring({ database, clock: systemClock, onDefect });
  table = new SqliteTable(database, changes);
  server = await startHttpServer({
    ...{ host: '127.0.0.1', port: 0, token, onDefect },
    live: { log, tail, clock: systemClock },
    handle: async () => ({ status: 200, headers: {}, body: '{}' }),
  });
}
beforeEach(() => start(BEARER));
afterEach(async () => {
  for (const client of clients.splice(0)) client.terminate();
  await server.close();
  database.close();
});

function connect(options: ConstructorParameters<typeof WebSocket>[2], protocols: string[] = []): WebSocket {
  const url = `${server.url.replace('http', 'ws')}/v1/live`;
  const client = new WebSocket(url, protocols, options);
  clients.push(client);
  // One that is refused says so by its status.
  client.on('error', () => undefined);
  return client;
}

/** Everything that a client is told, for who waits for some of it. */
function listen(
  client: WebSocket,
): (wanted: (said: readonly ServerMessage[]) => boolean) => Promise<ServerMessage[]> {
  const said: ServerMessage[] = [];
  client.on('message', (data: Buffer) =>
    said.push(ServerMessageSchema.parse(JSON.parse(data.toString('utf8')))),
  );
  return async (wanted) => {
    while (!wanted(said)) await once(client, 'message');
    return said;
  };
}

const limits = (said: readonly ServerMessage[]): unknown[] =>
  said.flatMap((message) => ('events' in message ? message.events.map(({ data }) => data['limit']) : []));

async function limitPool(limit: number): Promise<void> {
  const counts = { used: 0, tickets: 0, revision: limit };
  await table.put({ pk: 'POOL#p', sk: 'META', name: 'p', limit, ...counts });
}

async function statusOf(client: WebSocket): Promise<number | undefined> {
  const [, response] = await once(client, 'unexpected-response');
  return response instanceof IncomingMessage ? response.statusCode : undefined;
}

test('what happens is pushed, and who comes again with a cursor gets what came meanwhile', async () => {
  const first = connect(authorization);
  const heard = listen(first);
  await once(first, 'open');
  first.send('{"subscribe":{"kinds":["pool.limited"]}}');
  await heard((said) => said.length === 1);
  await limitPool(1);
  const told = await heard((said) => limits(said).length === 1);
  first.terminate();
  await limitPool(2);
  const again = connect(authorization);
  const heardAgain = listen(again);
  await once(again, 'open');
  again.send(JSON.stringify({ subscribe: {}, after: cursorOf(told) }));
  await limitPool(3);
  expect(limits(await heardAgain((said) => limits(said).length === 2))).toEqual([2, 3]);
});

function cursorOf(said: readonly ServerMessage[]): string | undefined {
  return said.flatMap((message) => ('events' in message ? [message.cursor] : [])).at(-1);
}

test.each([
  ['no token', {}, 401],
  ['a wrong token', { headers: { authorization: 'Bearer wrong' } }, 401],
  ['a page of another origin', { ...authorization, origin: 'https://evil.example' }, 403],
])('%s is refused before there is a connection', async (_, options, status) => {
  expect(await statusOf(connect(options))).toBe(status);
});

test('a page of the server itself may connect, with its token as a subprotocol, whatever its characters', async () => {
  await server.close();
  database.close();
  await start(TOKEN);
  const offered = `bearer.${Buffer.from(TOKEN).toString('base64url')}`;
  const client = connect({ origin: server.url }, [LIVE_PROTOCOL, offered]);
  await once(client, 'open');
  expect(client.protocol).toBe(LIVE_PROTOCOL);
  const wrong = connect({ origin: server.url }, [LIVE_PROTOCOL, 'bearer.d3Jvbmc']);
  expect(await statusOf(wrong)).toBe(401);
});

test.each([
  ['a binary message', Buffer.from([1, 2]), 1003],
  ['a message beyond all measure', 'x'.repeat(1_048_577), 1009],
])('%s ends the connection', async (_, message, code) => {
  const client = connect(authorization);
  await once(client, 'open');
  client.send(message);
  const [closed] = await once(client, 'close');
  expect(closed).toBe(code);
});

test('clients are told when the server ends', async () => {
  const client = connect(authorization);
  await once(client, 'open');
  const closed = once(client, 'close');
  await server.close();
  expect((await closed)[0]).toBe(1001);
});

test('there are so many connections, and no more', async () => {
  for (let at = 0; at < 100; at++) await once(connect(authorization), 'open');
  expect(await statusOf(connect(authorization))).toBe(503);
});

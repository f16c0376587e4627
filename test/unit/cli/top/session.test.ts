import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { createApi } from '#api/api.ts';
import { topCommand } from '#cli/top/top.ts';
import type { Tty } from '#cli/top/tty.ts';
import { type HttpServer, startHttpServer } from '#embedded/http-server.ts';
import { but } from '#support/but.ts';
import { fakeTty } from '#support/fake-tty.ts';
import { recordingTerminal } from '#support/recording-terminal.ts';
import { World } from '#support/world.ts';

const TOKEN = 'a-token-that-is-long-enough';
const ESCAPE = String.fromCharCode(27);
const [OPENED, CLOSED] = [`${ESCAPE}[?1049h`, `${ESCAPE}[?1049l`];

let world: World;
let server: HttpServer;
let sockets: WebSocketServer;
/** Where events are pushed; undefined: they are asked for. */
let liveUrl: string | undefined;
beforeEach(async () => {
  world = await World.create();
  liveUrl = undefined;
  sockets = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  const handle = createApi({
    ...{ ports: world.ports, version: '1.2.3' },
    monitoring: { feed: world.monitoring.log, liveUrl: () => liveUrl, metrics: async () => undefined },
  });
  const onDefect = (error: unknown): void => void world.defects.push(error);
  server = await startHttpServer({ host: '127.0.0.1', port: 0, token: TOKEN, handle, onDefect });
});
afterEach(async () => {
  sockets.close();
  await server.close();
  world[Symbol.dispose]();
});

function watch(tty: Tty): Promise<number> {
  const args = { endpoint: server.url, token: TOKEN, data: '', interval: 1_000 };
  return topCommand(args, recordingTerminal(), tty);
}

/** A terminal that breaks down when told to. */
function breakableTty() {
  const tty = fakeTty();
  let isBroken = false;
  const broken: Tty = {
    ...{ write: tty.write, listen: tty.listen, isBusy: false, rows: 24 },
    get columns() {
      if (isBroken) throw new Error('the terminal is gone');
      return 80;
    },
  };
  const breakDown = (): void => {
    isBroken = true;
  };
  return { tty, broken, breakDown };
}

/** Waits until the picture is there. */
async function shown(tty: ReturnType<typeof fakeTty>): Promise<void> {
  await expect.poll(() => tty.screen().join('\n'), { interval: 10 }).toMatch(/RUNNING 0/);
}

test.each([
  ['a key is pressed', (tty: ReturnType<typeof fakeTty>) => tty.press('s')],
  ['the size changes', (tty: ReturnType<typeof fakeTty>) => tty.resize(60, 12)],
  ['the next frame is due', () => undefined],
])('what is thrown when %s ends it, with the terminal as it was', async (_when, happen) => {
  const { tty, broken, breakDown } = breakableTty();
  const ended = watch(broken);
  await shown(tty);
  expect(tty.written[0]).toContain(OPENED);
  breakDown();
  expect(() => happen(tty)).not.toThrow();
  await expect(ended).rejects.toThrow('the terminal is gone');
  expect([tty.written.at(-1), tty.isListened]).toEqual([expect.stringContaining(CLOSED), false]);
});

test('a keyboard that cannot be listened to leaves the terminal as it was', async () => {
  const tty = fakeTty();
  const deaf = but<Tty>(tty, {
    listen: () => {
      throw new Error('no raw mode');
    },
  });
  await expect(watch(deaf)).rejects.toThrow('no raw mode');
  expect(tty.written.at(-1)).toContain(CLOSED);
});

test('a keyboard that cannot be let go of gives the screen back all the same', async () => {
  const tty = fakeTty();
  const ended = watch(
    but<Tty>(tty, {
      listen: (listener) => {
        tty.listen(listener);
        return () => {
          throw new Error('the keyboard is gone');
        };
      },
    }),
  );
  await shown(tty);
  tty.press('q');
  await expect(ended).rejects.toThrow('the keyboard is gone');
  expect(tty.written.at(-1)).toContain(CLOSED);
});

test.each([
  ['no JSON', 'pardon?'],
  ['what is told in no version', '{"news":[]}'],
])('a server that pushes %s ends it, with the terminal as it was', async (_what, said) => {
  const address = sockets.address();
  if (typeof address !== 'object' || address === null) throw new Error('nothing listens');
  liveUrl = `ws://127.0.0.1:${address.port}`;
  sockets.on('connection', (socket) => socket.on('message', () => socket.send(said)));
  const tty = fakeTty();
  await expect(watch(tty)).rejects.toMatchObject({
    ...{ code: 'SW3064', message: expect.stringContaining('what it tells is not understood') },
  });
  expect(tty.written.at(-1)).toContain(CLOSED);
});

test('a token that is taken no more while the picture is there ends it, with the terminal as it was', async () => {
  const tty = fakeTty();
  const ended = watch(tty);
  await shown(tty);
  await server.close();
  const { port } = new URL(server.url);
  server = await startHttpServer({
    ...{ host: '127.0.0.1', port: Number(port), token: `another-${TOKEN}`, onDefect: () => undefined },
    handle: async () => ({ status: 500, headers: {}, body: '' }),
  });
  tty.press('r');
  await expect(ended).rejects.toMatchObject({ code: 'SW3063' });
  expect(tty.written.at(-1)).toContain(CLOSED);
});

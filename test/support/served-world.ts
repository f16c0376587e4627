import { createApi } from '#api/api.ts';
import { type HttpServer, startHttpServer } from '#embedded/http-server.ts';
import { type Ran, runProgram } from './run-program.ts';
import type { World } from './world.ts';

const TOKEN = 'a-token-that-is-long-enough';

/** A world behind a real HTTP server, and the command line that asks it. */
export interface ServedWorld {
  readonly server: HttpServer;
  run(...args: readonly string[]): Promise<Ran>;
}

/** Serves a world. */
export async function serveWorld(world: World): Promise<ServedWorld> {
  const handle = createApi({ ports: world.ports, version: '1.2.3' });
  const onDefect = (error: unknown): void => void world.defects.push(error);
  const server = await startHttpServer({ host: '127.0.0.1', port: 0, token: TOKEN, handle, onDefect });
  return { server, run: (...args) => runProgram([...args, '--endpoint', server.url, '--token', TOKEN]) };
}

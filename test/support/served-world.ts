import { createApi } from '#api/api.ts';
import { type HttpServer, startHttpServer } from '#embedded/http-server.ts';
import type { ReportFiles } from '#reports/made/report-files.ts';
import { type ApiCalls, apiCalls } from './api-calls.ts';
import { type Ran, runProgram } from './run-program.ts';
import type { World } from './world.ts';

const TOKEN = 'a-token-that-is-long-enough';

/** A world behind a real HTTP server, and the command line that asks it. */
export interface ServedWorld {
  readonly server: HttpServer;
  /** The same API, without the command line. */
  readonly calls: ApiCalls;
  run(...args: readonly string[]): Promise<Ran>;
}

/** Serves a world; with a place for their files, reports are kept, too. */
export async function serveWorld(world: World, reportFiles?: ReportFiles): Promise<ServedWorld> {
  const kept = reportFiles === undefined ? {} : { reportFiles };
  const handle = createApi({ ports: world.ports, version: '1.2.3', ...kept });
  const onDefect = (error: unknown): void => void world.defects.push(error);
  const server = await startHttpServer({ host: '127.0.0.1', port: 0, token: TOKEN, handle, onDefect });
  const run: ServedWorld['run'] = (...args) =>
    runProgram([...args, '--endpoint', server.url, '--token', TOKEN]);
  return { server, calls: apiCalls(handle), run };
}

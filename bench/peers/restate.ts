import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import * as restate from '@restatedev/restate-sdk';
import * as clients from '@restatedev/restate-sdk-clients';
import { BRANCHES, branchWork, increment, type Peer } from '../engine/peer.ts';
import { endServer, startServer, whenListening } from '../engine/servers.ts';

const SERVICE_PORT = 9_080;
const ADMIN_PORT = 9_070;
const INGRESS_PORT = 8_080;

const service = restate.service({
  name: 'bench',
  handlers: {
    chain: async (context: restate.Context, steps: number): Promise<number> => {
      let n = 0;
      for (let step = 0; step < steps; step++) ({ n } = await context.run(`s${step}`, () => increment(n)));
      return n;
    },
    branches: async (context: restate.Context): Promise<number> => {
      const running = Array.from({ length: BRANCHES }, (_, at) => context.run(`b${at}`, branchWork));
      return (await restate.RestatePromise.all(running)).length;
    },
  },
});

/** Restate's server on disk with its defaults (fsync on), one Node process with the service and the client. */
export async function start(folder: string): Promise<Peer> {
  const server = startServer(serverProgram(), ['--no-logo', '--base-dir', folder, '--node-name', 'bench'], {
    cwd: folder,
    logFile: join(folder, 'server.log'),
    env: {
      ...process.env,
      DO_NOT_TRACK: '1',
      RESTATE_DISABLE_TELEMETRY: 'true',
      RESTATE_BIND_IP: '127.0.0.1',
      RESTATE_ADVERTISED_HOST: '127.0.0.1',
      RESTATE_LOG_FILTER: 'warn',
    },
  });
  await restate.serve({ services: [service], port: SERVICE_PORT });
  await whenListening(ADMIN_PORT);
  await whenListening(INGRESS_PORT);
  await register();
  const ingress = clients.connect({ url: `http://127.0.0.1:${INGRESS_PORT}` }).serviceClient(service);
  return {
    describe: 'Restate server 1.7.12, SDK 1.17.2, defaults (RocksDB, fsync on, 24 partitions)',
    chain: async (steps) => ingress.chain(steps),
    branches: async () => ingress.branches(),
    stop: () => endServer(server),
  };
}

/** The program that the package of this platform ships. */
function serverProgram(): string {
  const packageJson = `@restatedev/restate-server-${process.platform}-${process.arch}/package.json`;
  return join(createRequire(import.meta.url).resolve(packageJson), '../bin/restate-server');
}

/** The server takes a service some time after it listens. */
async function register(): Promise<void> {
  for (let tries = 0; ; tries++) {
    const answer = await fetch(`http://127.0.0.1:${ADMIN_PORT}/deployments`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ uri: `http://127.0.0.1:${SERVICE_PORT}`, force: true }),
    });
    if (answer.ok) return;
    if (tries === 60) throw new Error(`Restate does not take the service: ${await answer.text()}`);
    await pause(500);
  }
}

import { execFileSync } from 'node:child_process';
import { chownSync } from 'node:fs';
import { join } from 'node:path';
import { DBOS } from '@dbos-inc/dbos-sdk';
import { BRANCHES, branchWork, increment, type Peer } from '../engine/peer.ts';
import { findPostgres } from '../engine/postgres.ts';
import { endServer, startServer, whenListening } from '../engine/servers.ts';

const PORT = 5_499;

const chain = DBOS.registerWorkflow(
  async (steps: number): Promise<number> => {
    let n = 0;
    for (let step = 0; step < steps; step++)
      ({ n } = await DBOS.runStep(() => increment(n), { name: `s${step}` }));
    return n;
  },
  { name: 'chain' },
);

// Promise.all would leave the other steps behind when one fails, which DBOS does not take.
const branches = DBOS.registerWorkflow(
  async (): Promise<number> => {
    const running = Array.from({ length: BRANCHES }, (_, at) => DBOS.runStep(branchWork, { name: `b${at}` }));
    return (await Promise.allSettled(running)).filter(({ status }) => status === 'fulfilled').length;
  },
  { name: 'branches' },
);

/** DBOS in the process, with PostgreSQL of its own, both with their defaults (fsync and synchronous commit on). */
export async function start(folder: string): Promise<Peer> {
  const programs = findPostgres();
  if (programs === undefined) throw new Error('there is no PostgreSQL');
  const owner = serverOwner();
  if (owner.uid !== undefined) chownSync(folder, owner.uid, owner.gid);
  const data = join(folder, 'data');
  execFileSync(join(programs, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust'], {
    ...owner,
    stdio: 'ignore',
  });
  const args = ['-D', data, '-p', String(PORT), '-h', '127.0.0.1', '-k', folder];
  const server = startServer(join(programs, 'postgres'), args, {
    ...owner,
    logFile: join(folder, 'server.log'),
  });
  await whenListening(PORT);
  DBOS.setConfig({
    name: 'bench',
    systemDatabaseUrl: `postgresql://postgres:x@127.0.0.1:${PORT}/bench`,
    logLevel: 'error',
  });
  await DBOS.launch();
  const version = execFileSync(join(programs, 'postgres'), ['--version'], { encoding: 'utf8' }).trim();
  return {
    describe: `DBOS 5.3.0 in the process, ${version}, defaults (fsync and synchronous_commit on)`,
    chain: (steps) => chain(steps),
    branches: () => branches(),
    stop: async () => {
      await DBOS.shutdown();
      await endServer(server, 'SIGINT');
    },
  };
}

/** PostgreSQL refuses to run as root: then it runs as the user that Debian makes for it. */
function serverOwner():
  | { readonly uid: number; readonly gid: number }
  | { readonly uid?: undefined; readonly gid?: undefined } {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

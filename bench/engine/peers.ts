import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { installMinistack } from '../../localstack/ministack.ts';
import type { Amount } from './measure-peer.ts';
import { FLOOR } from './peer.ts';
import { findPostgres } from './postgres.ts';

const OWN = join(import.meta.dirname, 'peers');
const RIVALS = join(import.meta.dirname, '../peers');

/** A peer of the benchmark: where its file is, and what it takes to run it here. */
export interface PeerEntry {
  readonly name: string;
  /** Absolute; exports a PeerModule. */
  readonly file: string;
  /** Installs what is missing; says why when that cannot be had. */
  readonly prepare?: (say: (line: string) => void) => string | undefined;
  /** Less to do for a slow one. */
  readonly amount?: Partial<Amount>;
}

/** All peers, the floors first. */
export const PEERS: readonly PeerEntry[] = [
  { name: 'plain', file: join(OWN, 'plain.ts') },
  { name: FLOOR, file: join(OWN, 'journal.ts') },
  { name: 'stepwright', file: join(OWN, 'stepwright.ts') },
  { name: 'workflow', file: join(OWN, 'workflow.ts') },
  { name: 'aws-local-sfn', file: join(RIVALS, 'aws-local-stepfunctions.ts'), prepare: installRivals },
  { name: 'restate', file: join(RIVALS, 'restate.ts'), prepare: installRivals },
  { name: 'dbos', file: join(RIVALS, 'dbos.ts'), prepare: (say) => needPostgres() ?? installRivals(say) },
  {
    name: 'ministack',
    file: join(OWN, 'ministack.ts'),
    prepare: needMinistack,
    amount: { latencies: 10, warmUp: 2, workflows: 100, concurrency: 20, repeats: 1 },
  },
];

/** Installs the rivals' packages beside this project's own, once for each version of their lock. */
function installRivals(say: (line: string) => void): string | undefined {
  const lock = readFileSync(join(RIVALS, 'package-lock.json'), 'utf8');
  const installed = join(RIVALS, 'node_modules/.lock-installed');
  if (existsSync(installed) && readFileSync(installed, 'utf8') === lock) return undefined;
  say('installing the rivals into bench/peers/node_modules (once)');
  // No scripts of theirs run: one of them reports installations to its makers.
  const command = 'npm ci --ignore-scripts --no-audit && cp package-lock.json node_modules/.lock-installed';
  const { status, stderr } = spawnSync('sh', ['-c', command], { cwd: RIVALS, encoding: 'utf8' });
  if (status === 0) return undefined;
  return `npm could not install it: ${stderr.trim().split('\n').at(-1) ?? ''}`;
}

function needPostgres(): string | undefined {
  return findPostgres() === undefined ? 'there is no PostgreSQL (Debian: apt install postgresql)' : undefined;
}

function needMinistack(say: (line: string) => void): string | undefined {
  try {
    installMinistack(say);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

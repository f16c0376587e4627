import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';

/** The peer that all others are measured against. */
export const FLOOR = 'journal';

/** How many steps a chain has: 5 for latency and many at once, 100 for the cost of a step. */
export type ChainLength = 5 | 100;

/** How many branches run side by side, and how long the work of each takes, in ms. */
export const BRANCHES = 20;
export const BRANCH_MS = 100;

/** An engine that has been started, on empty data, in a process of its own. */
export interface Peer {
  /** What runs: versions, and settings that are not defaults. */
  readonly describe: string;
  /** Runs a workflow of steps that each call {@link increment} with the result of the one before; gives the last number. */
  chain(steps: ChainLength): Promise<number>;
  /** Runs {@link BRANCHES} branches of {@link branchWork} side by side; gives how many have answered. */
  branches(): Promise<number>;
  stop(): Promise<void>;
}

/** What a file of a peer exports: starts it with its data in an empty folder. */
export interface PeerModule {
  start(folder: string): Promise<Peer>;
}

/** The number that chains count up. */
export const CountSchema = z.object({ n: z.number() });

/** What a step calls: a function of the user's, which is asynchronous, as what calls devices is. */
export async function increment(n: number): Promise<{ n: number }> {
  return { n: n + 1 };
}

/** What a branch calls. */
export async function branchWork(): Promise<number> {
  await pause(BRANCH_MS);
  return 1;
}

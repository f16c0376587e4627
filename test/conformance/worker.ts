import { parentPort } from 'node:worker_threads';
import { type RunnableCase, reproduce } from './reproduce.ts';

/** Reproduces the cases that it is sent, one at a time. */
parentPort?.on('message', async (recorded: RunnableCase) => {
  parentPort?.postMessage(await reproduce(recorded));
});

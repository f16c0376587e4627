/**
 * Does what the engine asks for, as a process that outlives it: `node worker-process.ts ENGINE-URL LOG`. It knows what it has
 * done by the key of the try, and logs each call.
 */
import { appendFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Json } from '#core/json.ts';
import { postJson, serveJson, TakenSchema, WorkSchema } from './protocol.ts';

const [, , engine = '', log = ''] = process.argv;
/** Tries whose answer the engine has taken, with the process of the engine that took it. */
const accepted = new Map<string, number>();

const port = await serveJson(0, async (_path, body): Promise<Json> => {
  const { key, payload, token, life } = WorkSchema.parse(body);
  // A call of the same process may have been on its way when the answer was taken.
  const line = { key, payload, afterAccepted: life > (accepted.get(key) ?? life) };
  appendFileSync(log, `${JSON.stringify(line)}\n`);
  await pause(Math.random() * 20);
  if (token !== undefined) void answer(key, token);
  return { done: key };
});
process.stdout.write(`port ${port}\n`);

async function answer(key: string, token: string): Promise<void> {
  for (;;) {
    try {
      const output = { done: key };
      const { taken, life } = TakenSchema.parse(await postJson(`${engine}/answer`, { token, output }));
      if (taken === 'accepted') accepted.set(key, life);
      return;
    } catch {
      await pause(20);
    }
  }
}

/** `node peer-process.ts FILE FOLDER AMOUNT`: measures one peer, and sends its figures to the process that started this one. */
import { z } from 'zod';
import { measurePeer } from './measure-peer.ts';
import type { PeerModule } from './peer.ts';

const [file = '', folder = '', amount = ''] = process.argv.slice(2);

const AmountSchema = z.object({
  latencies: z.number(),
  warmUp: z.number(),
  workflows: z.number(),
  concurrency: z.number(),
  repeats: z.number(),
});

async function answer(): Promise<unknown> {
  try {
    const { start }: PeerModule = await import(file);
    const peer = await start(folder);
    try {
      return { figures: await measurePeer(peer, AmountSchema.parse(JSON.parse(amount))) };
    } finally {
      await peer.stop();
    }
  } catch (error) {
    return { failure: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

const message = await answer();
// Some peers leave connections open that would keep the process.
process.send?.(message, () => process.exit());

import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import { damagedPart } from '../stores/archive-faults.ts';
import type { ArchiveStore } from '../stores/archive-store.ts';

/** No line that we write is longer, in characters. */
const LONGEST_LINE = 64_000_000;

/** The lines of a part, while they are asked for. Throws SW4502 where it is not what we have written. */
export async function* readLines(store: ArchiveStore, path: string): AsyncGenerator<JsonObject> {
  let number = 0;
  for await (const text of textLines(store, path)) {
    number++;
    const line = parsed(text);
    if (!isJsonObject(line)) throw damagedPart(path, `has no record in line ${number}`);
    yield line;
  }
}

async function* textLines(store: ArchiveStore, path: string): AsyncGenerator<string> {
  const unpacked = createGunzip();
  // What goes wrong on the way is told by the stream itself.
  const done = pipeline(Readable.from(store.read(path)), unpacked).catch(() => undefined);
  try {
    let rest = '';
    for await (const chunk of unpacked.setEncoding('utf8')) {
      const text = String(chunk);
      let from = 0;
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
        yield rest + text.slice(from, end);
        [rest, from] = ['', end + 1];
      }
      rest += text.slice(from);
      if (rest.length > LONGEST_LINE) throw damagedPart(path, 'has a line without an end');
    }
    if (rest !== '') throw damagedPart(path, 'breaks off within a line');
  } catch (cause) {
    throw isFault(cause) ? cause : damagedPart(path, 'cannot be unpacked', cause);
  } finally {
    unpacked.destroy();
    await done;
  }
}

function isFault(cause: unknown): cause is Error {
  return cause instanceof Error && cause.name === 'StepwrightError';
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

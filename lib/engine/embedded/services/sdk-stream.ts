import { MAX_RESULT_BYTES, resultTooLarge } from './service-failure.ts';

/** Reads what comes as a stream, such as the body of an object, within the bounds of a result. */
export async function collectStreams(output: unknown, action: string): Promise<object> {
  if (typeof output !== 'object' || output === null) return {};
  const collected: [string, unknown][] = [];
  for (const [name, value] of Object.entries(output)) {
    collected.push([name, isStream(value) ? await readStream(value, action) : value]);
  }
  return Object.fromEntries(collected);
}

function isStream(value: unknown): value is AsyncIterable<Uint8Array> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !(value instanceof Uint8Array) &&
    Symbol.asyncIterator in value
  );
}

async function readStream(stream: AsyncIterable<Uint8Array>, action: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.byteLength;
    if (bytes > MAX_RESULT_BYTES) throw resultTooLarge(action);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

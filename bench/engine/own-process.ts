/** `node own-process.ts NAME FOLDER SCALE`: takes one of Stepwright's own measures, and sends it to the process that started this one. */
import { measureMonitoring } from './own/monitoring.ts';
import { measurePayload } from './own/payload.ts';
import { measureStored } from './own/stored.ts';
import { measureWaiting } from './own/waiting.ts';

const MEASURES: Readonly<Record<string, (folder: string, scale: number) => Promise<unknown>>> = {
  waiting: measureWaiting,
  payload: measurePayload,
  stored: measureStored,
  monitoring: measureMonitoring,
};

const [name = '', folder = '', scale = '1'] = process.argv.slice(2);

async function answer(): Promise<unknown> {
  try {
    return { figures: await MEASURES[name]?.(folder, Number(scale)) };
  } catch (error) {
    return { failure: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

const message = await answer();
process.send?.(message, () => process.exit());

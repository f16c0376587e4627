import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Version of this package. */
export function packageVersion(): string {
  const text = readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8');
  const { version } = JSON.parse(text) as { version: string };
  return version;
}

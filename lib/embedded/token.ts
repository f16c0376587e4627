import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StepwrightError } from '#core/error.ts';

/** Shorter ones can be guessed. */
const SHORTEST_TOKEN = 16;

/**
 * The bearer token of a data directory, in its file `token` that only the owner may read. `chosen` (STEPWRIGHT_TOKEN)
 * replaces it, `makeToken` gives the first one. Throws SW3012 when the chosen one is too short.
 */
export function ensureToken(directory: string, chosen: string | undefined, makeToken: () => string): string {
  const path = join(directory, 'token');
  if (chosen !== undefined && chosen !== '') return storeToken(path, checkToken(chosen));
  if (!existsSync(path)) return storeToken(path, makeToken());
  chmodSync(path, 0o600);
  return readFileSync(path, 'utf8').trim();
}

/** The secret that links of a data directory are signed with, in its file `link-secret` that only the owner may read. */
export function ensureLinkSecret(directory: string, makeSecret: () => string): string {
  const path = join(directory, 'link-secret');
  if (!existsSync(path)) return storeToken(path, makeSecret());
  chmodSync(path, 0o600);
  return readFileSync(path, 'utf8').trim();
}

/** The token of a data directory, for who asks its server; undefined where there is none that may be read. */
export function readToken(directory: string): string | undefined {
  try {
    return readFileSync(join(directory, 'token'), 'utf8').trim();
  } catch {
    return undefined;
  }
}

function checkToken(token: string): string {
  if (token.length >= SHORTEST_TOKEN && /^[\x21-\x7e]+$/.test(token)) return token;
  throw new StepwrightError({
    code: 'SW3012',
    kind: 'invalid',
    message: `STEPWRIGHT_TOKEN must be at least ${SHORTEST_TOKEN} printable characters without spaces, and has ${token.length}`,
    hint: 'leave STEPWRIGHT_TOKEN unset to have one made',
  });
}

function storeToken(path: string, token: string): string {
  writeFileSync(path, `${token}\n`, { mode: 0o600 });
  chmodSync(path, 0o600);
  return token;
}

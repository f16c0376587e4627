import { StepwrightError } from '#core/error.ts';
import { readToken } from '#embedded/token.ts';
import type { Server } from './api-client.ts';

/** Which server a command is for. */
export interface ServerArguments {
  /** Default: STEPWRIGHT_ENDPOINT, else a server on this machine. */
  readonly endpoint?: string;
  /** Default: STEPWRIGHT_TOKEN, else that of the data directory, for a server on this machine. */
  readonly token?: string;
  /** Data directory of a server on this machine. */
  readonly data: string;
}

/** Where `stepwright start` serves when nothing else is said. */
const LOCAL_ENDPOINT = 'http://127.0.0.1:8787';
const LOCAL_HOSTS: readonly string[] = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * The server that the options, else the environment, else this machine name. Throws SW3062 where no token is known for it: that
 * of this machine's server is given to no other. Throws SW3060 for what is no address.
 */
export function findServer(
  { endpoint, token, data }: ServerArguments,
  environment: Readonly<Record<string, string | undefined>>,
): Server {
  const url = addressOf(endpoint ?? (environment['STEPWRIGHT_ENDPOINT'] || LOCAL_ENDPOINT));
  const given = token ?? (environment['STEPWRIGHT_TOKEN'] || undefined);
  const known = given ?? (LOCAL_HOSTS.includes(url.hostname) ? readToken(data) : undefined);
  if (known === undefined) throw noToken(url, data);
  return { url: url.href.replace(/\/+$/, ''), token: known };
}

function addressOf(endpoint: string): URL {
  const url = URL.parse(endpoint);
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new StepwrightError({
    code: 'SW3060',
    kind: 'invalid',
    message: `"${endpoint}" is no address of a server`,
    hint: `write it like ${LOCAL_ENDPOINT}`,
  });
}

function noToken({ hostname, origin }: URL, data: string): StepwrightError {
  const isLocal = LOCAL_HOSTS.includes(hostname);
  return new StepwrightError({
    code: 'SW3062',
    kind: 'unauthorized',
    message: isLocal
      ? `there is no token in ${data}, so that no server has been started there`
      : `no token is known for ${origin}`,
    hint: isLocal
      ? 'start a server with "stepwright start", name its data directory with --data, or give its token with --token'
      : 'give its token with --token or STEPWRIGHT_TOKEN',
  });
}

import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { RuntimeError } from '#core/error.ts';

/**
 * Addresses that a workflow may not call: this machine, private networks, and the metadata services of clouds
 * (IANA IPv4 and IPv6 Special-Purpose Address Registries).
 */
const REFUSED = new BlockList();
for (const [network, prefix] of [
  ...[['0.0.0.0', 8] as const, ['10.0.0.0', 8] as const, ['100.64.0.0', 10] as const],
  ...[['127.0.0.0', 8] as const, ['169.254.0.0', 16] as const, ['172.16.0.0', 12] as const],
  ...[['192.0.0.0', 24] as const, ['192.168.0.0', 16] as const, ['198.18.0.0', 15] as const],
  ...[['224.0.0.0', 4] as const, ['240.0.0.0', 4] as const],
]) {
  REFUSED.addSubnet(network, prefix, 'ipv4');
}
for (const [network, prefix] of [
  ...[['::', 128] as const, ['::1', 128] as const, ['64:ff9b::', 96] as const, ['100::', 64] as const],
  ...[['fc00::', 7] as const, ['fe80::', 10] as const, ['ff00::', 8] as const],
]) {
  REFUSED.addSubnet(network, prefix, 'ipv6');
}

/** A place that may be called, and the address to call it at. */
export interface Destination {
  readonly url: URL;
  readonly address: string;
  readonly family: 4 | 6;
}

/** Whether an IP address is one that a workflow may call. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return false;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return isPublicAddress(mapped);
  return !REFUSED.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

/**
 * Where a URL leads, looked up once, so that the address that was checked is the one that is called. `allowed` are hosts
 * (`gateway.plant:8080`) that may be called wherever they are. Throws Http.Forbidden, Http.Unreachable.
 */
export async function findDestination(text: string, allowed: ReadonlySet<string>): Promise<Destination> {
  const url = parseUrl(text);
  const found = await lookUp(url);
  const isAllowed = allowed.has(url.host) || found.every(({ address }) => isPublicAddress(address));
  const [first] = found;
  if (first === undefined || !isAllowed) {
    throw new RuntimeError(
      'Http.Forbidden',
      `${url.host} is in a private network, and not among the hosts that are allowed`,
    );
  }
  return { url, address: first.address, family: first.family };
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') {
    throw new RuntimeError('Http.Forbidden', `"${text}" is no address of the form https://…`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new RuntimeError(
      'Http.Forbidden',
      'the address holds a password; put it into a header, as a secret',
    );
  }
  return url;
}

async function lookUp({ hostname }: URL): Promise<{ address: string; family: 4 | 6 }[]> {
  try {
    const found = await lookup(hostname.replace(/^\[|\]$/g, ''), { all: true });
    return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
  } catch (cause) {
    throw new RuntimeError('Http.Unreachable', `${hostname} has no address`, { cause });
  }
}

import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { StepwrightError } from '#core/error.ts';

/** Which emulator answers at an endpoint. */
export type EmulatorName = 'ministack' | 'localstack';

/** Asks an endpoint what it is; undefined when nothing answers there. */
export async function identifyEmulator(endpoint: string): Promise<EmulatorName | undefined> {
  for (const [name, path] of [
    ['ministack', '/_ministack/health'],
    ['localstack', '/_localstack/health'],
  ] as const) {
    const answer = await fetch(`${endpoint}${path}`, { signal: AbortSignal.timeout(2_000) }).catch(
      () => undefined,
    );
    if (answer?.ok) return name;
  }
  return undefined;
}

/** Waits until an emulator answers. Throws SW3031 after `timeoutMs`, or when `hasEnded` says it will not come. */
export async function waitForEmulator(
  endpoint: string,
  timeoutMs: number,
  hasEnded: () => boolean = () => false,
): Promise<EmulatorName> {
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline && !hasEnded()) {
    const name = await identifyEmulator(endpoint);
    if (name !== undefined) return name;
    await pause(100);
  }
  throw new StepwrightError({
    code: 'SW3031',
    kind: 'unavailable',
    message: `no emulator answers at ${endpoint}`,
    hint: 'start one with `npm run emulator`, or set AWS_ENDPOINT_URL to one that runs',
  });
}

/** A port of loopback that is free now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address !== null
          ? resolve(address.port)
          : reject(new Error('no port')),
      );
    });
  });
}

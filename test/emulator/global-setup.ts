import type { TestProject } from 'vitest/node';
import { StepwrightError } from '#core/error.ts';
import { startBroker } from '#embedded/broker.ts';
import { startBridge } from '../../localstack/bridge.ts';
import { type EmulatorName, freePort, identifyEmulator, waitForEmulator } from '../../localstack/endpoint.ts';
import { endMinistack, installMinistack, startMinistack } from '../../localstack/ministack.ts';
import { deployStacks } from '../../localstack/stacks.ts';

/** The stacks on an emulator, or why there is none. */
export type EmulatedStacks =
  | {
      readonly endpoint: string;
      readonly emulator: EmulatorName;
      readonly url: string;
      readonly token: string;
      /** URL of the broker that devices connect to, where it is not the emulator's own. */
      readonly broker: string | undefined;
      /** Port of this machine at which a service may be called by workflows. */
      readonly servicePort: number;
    }
  | { readonly missing: string };

declare module 'vitest' {
  interface ProvidedContext {
    stacks: EmulatedStacks;
  }
}

const START_TIMEOUT_MS = 60_000;
const say = (line: string): void => {
  process.stderr.write(`  emulator: ${line}\n`);
};

/**
 * Deploys the stacks on the emulator that AWS_ENDPOINT_URL names, else on a MiniStack of its own on a free port. Where
 * neither is to be had, the tests are skipped, and say why.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const stack = new AsyncDisposableStack();
  project.provide('stacks', await deploy(stack));
  return () => stack.disposeAsync();
}

async function deploy(stack: AsyncDisposableStack): Promise<EmulatedStacks> {
  const named = process.env['AWS_ENDPOINT_URL'];
  try {
    const endpoint = named ?? (await startPrivate(stack));
    const emulator = await identifyEmulator(endpoint);
    if (emulator === undefined) return { missing: `no emulator answers at ${endpoint}` };
    say(`${emulator} at ${endpoint}; deploying the stacks`);
    const brokerUrl = emulator === 'localstack' ? await startOwnBroker(stack) : undefined;
    const servicePort = await freePort();
    const options = {
      say: () => undefined,
      allowedHosts: `127.0.0.1:${servicePort}`,
      ...(brokerUrl === undefined ? {} : { brokerUrl }),
    };
    const api = await deployStacks(emulator, endpoint, options);
    if (brokerUrl !== undefined) await bridge(stack, { brokerUrl, endpoint });
    return { endpoint, emulator, ...api, broker: brokerUrl, servicePort };
  } catch (error) {
    // No Python, or no package index: that is the machine's, not ours. A deployment that fails is ours.
    if (error instanceof StepwrightError && error.code === 'SW3030') return { missing: error.message };
    throw error;
  }
}

async function startPrivate(stack: AsyncDisposableStack): Promise<string> {
  const program = installMinistack(say);
  const port = await freePort();
  const { process: child } = startMinistack(program, port, { detached: false });
  const { pid } = child;
  if (pid !== undefined) stack.defer(async () => void (await endMinistack(pid)));
  const endpoint = `http://127.0.0.1:${port}`;
  await waitForEmulator(endpoint, START_TIMEOUT_MS, () => child.exitCode !== null);
  return endpoint;
}

/** LocalStack has no IoT Core: commands go by a broker of ours, and what devices say is brought to the function. */
async function startOwnBroker(stack: AsyncDisposableStack): Promise<string> {
  const broker = stack.adopt(await startBroker({ host: '127.0.0.1', port: 0 }), (started) => started.close());
  return broker.url;
}

async function bridge(
  stack: AsyncDisposableStack,
  where: { readonly brokerUrl: string; readonly endpoint: string },
): Promise<void> {
  const onDefect = (error: unknown): void => say(String(error));
  stack.adopt(await startBridge({ ...where, onDefect }), (started) => started.close());
}

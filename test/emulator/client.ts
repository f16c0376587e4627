import { expect, vi } from 'vitest';
import { z } from 'zod';
import { ExecutionDocumentSchema } from '#api/documents.ts';
import { Source } from '#definition/source.ts';
import { type RunningFleet, startFleet } from '#devices/simulator/fleet.ts';
import { readFleet } from '#devices/simulator/read-fleet.ts';
import { emulatedBroker } from '../../localstack/mqtt.ts';
import { deployed } from './stacks.ts';

const FINAL = ['SUCCEEDED', 'FAILED', 'ROLLED_BACK', 'ROLLBACK_INCOMPLETE', 'STOPPED', 'TIMED_OUT'];

/** How often, and how long at most, is looked for what is to come; in ms. */
export const POLL = { interval: 100, timeout: 60_000 };

/** Calls the deployed API. Throws for an answer that is no success. */
export async function call(method: string, path: string, body?: unknown): Promise<unknown> {
  const { url, token } = deployed();
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const document: unknown = await response.json();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(document)}`);
  return document;
}

/** Connects the devices of a fleet file to the emulator's own broker, and waits until the API shows them. */
export async function connectFleet(text: string): Promise<RunningFleet> {
  const { fleet, diagnostics } = readFleet(Source.parse('fleet.yaml', text));
  if (fleet === undefined) throw new Error(JSON.stringify(diagnostics));
  const { broker, endpoint } = deployed();
  const connection = broker === undefined ? await emulatedBroker(endpoint) : { brokerUrl: broker };
  const running = await startFleet({ fleet, ...connection });
  for (const { id, connected } of fleet.devices) {
    const status = connected ? 'online' : 'offline';
    await vi.waitFor(async () => {
      expect(await call('GET', `/v1/devices/${id}`)).toMatchObject({ status });
    }, POLL);
  }
  return running;
}

const StartedSchema = z.object({ executionId: z.string() });

/** An execution as the API tells it. */
export type ExecutionDocument = z.infer<typeof ExecutionDocumentSchema>;

/** Starts an execution; gives its id. */
export async function start(workflow: string, input: unknown): Promise<string> {
  const started = await call('POST', `/v1/workflows/${workflow}/executions`, { input });
  return StartedSchema.parse(started).executionId;
}

/** Waits until an execution has its final status. */
export async function settled(executionId: string): Promise<ExecutionDocument> {
  const read = async () => ExecutionDocumentSchema.parse(await call('GET', `/v1/executions/${executionId}`));
  await expect.poll(async () => FINAL.includes((await read()).status), POLL).toBe(true);
  return read();
}

/** Runs a workflow to its final status. */
export async function run(workflow: string, input: unknown): Promise<ExecutionDocument> {
  return settled(await start(workflow, input));
}

import * as z from 'zod';
import { DeviceDocumentSchema } from '#api/documents.ts';
import { PoolSchema } from '#api/routes/pools.ts';
import { StepwrightError } from '#core/error.ts';
import { fetchAlerts } from '../alerts/alert-calls.ts';
import { callApi, callForText, type Server } from '../api-client.ts';
import { type EventsDocument, fetchEvents } from '../events/event-calls.ts';
import { fetchExecutions } from '../executions/execution-calls.ts';
import { BAD_ENDS } from './fold/counts.ts';
import type { Snapshot } from './fold/fold-snapshot.ts';
import { type FleetDevice, KEPT, type ShownPool } from './top-state.ts';

const EXECUTIONS = 500;
const ON_A_PAGE = 1_000;
const BREAKER_KINDS = ['device.breaker-opened', 'device.quarantined', 'device.breaker-closed'];
const DAY_MS = 86_400_000;

/** Asks how things stand. */
export async function takeSnapshot(server: Server, now: number): Promise<Snapshot> {
  const yesterday = new Date(now - DAY_MS).toISOString().slice(0, 10);
  const [today, before, fleet, breakers, failures, alerts, pools] = await Promise.all([
    fetchExecutions(server, { limit: EXECUTIONS }),
    fetchExecutions(server, { limit: EXECUTIONS, day: yesterday }),
    fetchFleet(server),
    fetchEvents(server, { kind: BREAKER_KINDS }, { limit: ON_A_PAGE }),
    fetchEvents(server, { kind: BAD_ENDS }, { limit: KEPT.failed }),
    fetchAlerts(server, {}),
    fetchPools(server),
  ]);
  return {
    executions: [...today, ...before],
    ...fleet,
    ...{ breakers: breakers.events, failures: failures.events, alerts, pools },
  };
}

/** So many events are looked back at. */
export const RECENT = 1_000;

/** What has happened just now, and where to go on. */
export function fetchRecent(server: Server): Promise<EventsDocument> {
  return fetchEvents(server, {}, { limit: RECENT });
}

async function fetchFleet(server: Server): Promise<Pick<Snapshot, 'devices' | 'isFleetCut'>> {
  const answer = z.object({ devices: z.array(DeviceDocumentSchema), cursor: z.string().optional() });
  const devices = new Map<string, FleetDevice>();
  let cursor: string | undefined;
  do {
    const query = { limit: String(ON_A_PAGE), ...(cursor === undefined ? {} : { cursor }) };
    const { document } = await callApi(server, { method: 'GET', path: ['devices'], query, answer });
    for (const { id, type, zone, status } of document.devices)
      devices.set(id, { type, ...(zone === undefined ? {} : { zone }), isOnline: status === 'online' });
    cursor = document.cursor;
  } while (cursor !== undefined && devices.size < KEPT.devices);
  return { devices, isFleetCut: cursor !== undefined };
}

/** The first pools. */
export async function fetchPools(server: Server): Promise<readonly ShownPool[]> {
  const answer = z.object({ pools: z.array(PoolSchema) });
  return (await callApi(server, { method: 'GET', path: ['pools'], answer })).document.pools;
}

/** The metrics of the server as text; undefined where it keeps none, as on AWS. */
export async function fetchMetrics(server: Server): Promise<string | undefined> {
  try {
    return await callForText(server, { method: 'GET', path: ['metrics'] });
  } catch (error) {
    if (error instanceof StepwrightError && error.kind === 'not-found') return undefined;
    throw error;
  }
}

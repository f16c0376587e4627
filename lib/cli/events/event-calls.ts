import type { z } from 'zod';
import { EventsDocumentSchema, LiveDocumentSchema } from '#api/routes/events.ts';
import { callApi, type Server } from '../api-client.ts';

/** A part of the feed of events. */
export type EventsDocument = z.output<typeof EventsDocumentSchema>;

/** An event of the feed. */
export type FeedEvent = EventsDocument['events'][number];

/** Which events are wanted. */
export interface EventsWanted {
  readonly execution?: readonly string[];
  readonly workflow?: readonly string[];
  readonly device?: readonly string[];
  readonly kind?: readonly string[];
}

/** A part of the feed: what comes after a cursor, or the newest events. */
export async function fetchEvents(
  server: Server,
  wanted: EventsWanted,
  { after, limit }: { readonly after?: string | undefined; readonly limit: number },
): Promise<EventsDocument> {
  const { execution, workflow, device, kind } = wanted;
  const lists = Object.entries({ execution, workflow, device, kind }).flatMap(([name, values]) =>
    values === undefined ? [] : [[name, values.join(',')] as const],
  );
  const query = {
    ...Object.fromEntries(lists),
    ...(after === undefined ? {} : { after }),
    limit: String(limit),
  };
  const call = { method: 'GET', path: ['events'], query, answer: EventsDocumentSchema } as const;
  return (await callApi(server, call)).document;
}

/** Where events are pushed; undefined where they have to be asked for. */
export async function fetchLiveUrl(server: Server): Promise<string | undefined> {
  const call = { method: 'GET', path: ['live'], answer: LiveDocumentSchema } as const;
  const { url } = (await callApi(server, call)).document;
  // A server behind a proxy does not know that it is reached by TLS.
  return server.url.startsWith('https:') ? url?.replace(/^ws:/, 'wss:') : url;
}

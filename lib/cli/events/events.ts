import type { Server } from '../api-client.ts';
import { findServer, type ServerArguments } from '../find-server.ts';
import type { ExitCode } from '../print-fault.ts';
import { printJson, type Terminal } from '../terminal.ts';
import { untilInterrupted } from '../until-interrupted.ts';
import {
  type EventsDocument,
  type EventsWanted,
  type FeedEvent,
  fetchEvents,
  fetchLiveUrl,
} from './event-calls.ts';
import { eventLine } from './event-line.ts';
import { type Following, followByPolling, followBySocket } from './follow-events.ts';

/** What `stepwright events` was called with. */
export interface EventsArguments extends ServerArguments, EventsWanted {
  readonly follow?: true;
  readonly after?: string;
  readonly limit: number;
}

/** `stepwright events`: what has happened, the oldest first, and, with `--follow`, what happens. */
export async function eventsCommand(args: EventsArguments, terminal: Terminal): Promise<ExitCode> {
  const server = findServer(args, process.env);
  const url = args.follow === true ? await fetchLiveUrl(server) : undefined;
  const page = await fetchFirst(server, args);
  if (args.follow !== true) {
    if (terminal.json) printJson(terminal, page);
    else if (page.events.length === 0) terminal.print('nothing like this has happened lately');
    else for (const event of page.events) terminal.print(eventLine(event, terminal));
    if (page.gap && !terminal.json) noteGap(terminal);
    return 0;
  }
  const print = (event: FeedEvent): void =>
    terminal.print(terminal.json ? JSON.stringify(event) : eventLine(event, terminal));
  if (page.gap) noteGap(terminal);
  for (const event of page.events) print(event);
  const following: Following = {
    ...{ server, wanted: args, after: page.cursor, print },
    note: (text) => terminal.note(terminal.notePaint.dim(text)),
    onGap: () => noteGap(terminal),
  };
  const stop = new AbortController();
  const followed =
    url === undefined ? followByPolling(following, stop.signal) : followBySocket(following, url, stop.signal);
  await Promise.race([untilInterrupted(), followed]);
  stop.abort();
  return 0;
}

/** The first events; of one execution all of them, though others lie between. */
async function fetchFirst(server: Server, args: EventsArguments): Promise<EventsDocument> {
  let page = await fetchEvents(server, args, args);
  const events = [...page.events];
  while (args.execution !== undefined && page.more && events.length < args.limit) {
    page = await fetchEvents(server, args, { after: page.cursor, limit: args.limit - events.length });
    events.push(...page.events);
  }
  return { ...page, events };
}

function noteGap({ note, notePaint }: Terminal): void {
  note(notePaint.yellow('events are missing here: they are not kept any more'));
}

import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { StepwrightError } from '#core/error.ts';
import { type ServerMessage, ServerMessageSchema } from '#monitoring/live/protocol.ts';
import { notStepwright, type Server } from '../api-client.ts';
import { type EventsDocument, type EventsWanted, type FeedEvent, fetchEvents } from './event-calls.ts';

/** What is followed, and who is told. */
export interface Following {
  readonly server: Server;
  readonly wanted: EventsWanted;
  /** Cursor to go on after. */
  readonly after: string;
  print(event: FeedEvent): void;
  /** Told of what happens to the connection. */
  note(text: string): void;
  /** Told when events come in, again after a connection was lost. */
  onConnected?(): void;
  /** Told when events are not kept any more that should have come. */
  onGap(): void;
}

const POLL_MS = 1_000;
const EVENTS_AT_ONCE = 500;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

/** Asks for what comes, again and again. */
export async function followByPolling(following: Following, signal: AbortSignal): Promise<void> {
  const { print, onGap } = following;
  let { after } = following;
  while (!signal.aborted) {
    const page = await fetchUnlessGone(following, after);
    if (page !== undefined) following.onConnected?.();
    if (page?.gap === true) onGap();
    for (const event of page?.events ?? []) print(event);
    after = page?.cursor ?? after;
    if (page?.more !== true) await pause(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** A server that does not answer may be on its way back. */
async function fetchUnlessGone(
  { server, wanted, note }: Following,
  after: string,
): Promise<EventsDocument | undefined> {
  try {
    return await fetchEvents(server, wanted, { after, limit: EVENTS_AT_ONCE });
  } catch (error) {
    if (!(error instanceof StepwrightError && error.kind === 'unavailable')) throw error;
    note(`${error.message}; trying again`);
    return undefined;
  }
}

/** Is told of what comes, and connects again when the connection is lost, from where it was. */
export async function followBySocket(following: Following, url: string, signal: AbortSignal): Promise<void> {
  let [after, wait] = [following.after, FIRST_PAUSE_MS];
  while (!signal.aborted) {
    const ended = await connectOnce({ ...following, after }, url, signal);
    wait = ended.after === after ? Math.min(wait * 2, LONGEST_PAUSE_MS) : FIRST_PAUSE_MS;
    after = ended.after;
    if (signal.aborted) return;
    following.note(`the connection is lost (${ended.reason}); trying again`);
    await pause(wait, undefined, { signal }).catch(() => undefined);
  }
}

interface Ended {
  /** How far it was told. */
  readonly after: string;
  readonly reason: string;
}

function connectOnce(
  { server, wanted, after, print, onConnected, onGap }: Following,
  url: string,
  signal: AbortSignal,
): Promise<Ended> {
  const { execution: executions, workflow: workflows, device: devices, kind: kinds } = wanted;
  const { promise, resolve, reject } = Promise.withResolvers<Ended>();
  const socket = new WebSocket(url, { headers: { authorization: `Bearer ${server.token}` } });
  let reached = after;
  let reason = '';
  const stop = (): void => socket.close();
  signal.addEventListener('abort', stop, { once: true });
  socket.on('open', () =>
    socket.send(JSON.stringify({ subscribe: { executions, workflows, devices, kinds }, after })),
  );
  const take = (message: ServerMessage): void => {
    if ('events' in message) {
      for (const event of message.events) print(event);
      reached = message.cursor;
    } else if ('subscribed' in message) onConnected?.();
    else if ('gap' in message) onGap();
    else if ('heartbeat' in message) reached = message.heartbeat.cursor;
    else if ('error' in message) reject(faultOf(message.error));
  };
  socket.on('message', (data: Buffer) => {
    // Thrown out of here, it would end the process, whatever the terminal looks like.
    try {
      take(readMessage(server, data));
    } catch (error) {
      reject(error);
    }
  });
  socket.on('unexpected-response', (_request, response) => {
    if (response.statusCode === 401 || response.statusCode === 403)
      reject(new StepwrightError(refused(server, response.statusCode)));
    reason = `status ${response.statusCode}`;
    socket.terminate();
  });
  socket.on('error', (error) => {
    reason ||= error.message;
  });
  socket.once('close', (code, said) => {
    signal.removeEventListener('abort', stop);
    resolve({ after: reached, reason: reason || said.toString('utf8') || `code ${code}` });
  });
  return promise;
}

/** Throws SW3064. */
function readMessage(server: Server, data: Buffer): ServerMessage {
  try {
    return ServerMessageSchema.parse(JSON.parse(data.toString('utf8')));
  } catch {
    throw notStepwright(server, 'what it tells is not understood');
  }
}

function faultOf({ code, message, hint }: { code: string; message: string; hint?: string | undefined }) {
  return new StepwrightError({ code, kind: 'invalid', message, ...(hint === undefined ? {} : { hint }) });
}

function refused({ url }: Server, status: number) {
  return {
    code: 'SW3063',
    kind: 'unauthorized',
    message: `${url} does not take this token (status ${status})`,
    hint: 'give its token with --token or STEPWRIGHT_TOKEN',
  } as const;
}

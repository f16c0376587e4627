/** A call over HTTP as it goes over the wire. */
export interface HttpCall {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** An answer as it came over the wire; names of headers in small letters. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Calls over HTTP, guarded: an implementation decides which addresses may be called. Throws {@link HttpFault}. */
export interface HttpPort {
  send(call: HttpCall): Promise<HttpAnswer>;
}

/** Why there was no answer. */
export class HttpFault extends Error {
  override readonly name = 'HttpFault';
  readonly reason: 'timeout' | 'unreachable' | 'forbidden' | 'too-large';

  constructor(reason: HttpFault['reason'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/** What an EventBridge connection adds to a call: how it is authorised, and parameters of its own. */
export interface Connection {
  readonly headers: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, string>>;
}

/** Connections by name. */
export interface ConnectionStore {
  find(name: string): Promise<Connection | undefined>;
}

/** A host that has no connections. */
export const NO_CONNECTIONS: ConnectionStore = { find: async () => undefined };

/** A part of a trace, whoever is told of it. Times are ms since the Unix epoch. */
export interface TraceSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** The span that it is under; undefined where a trace begins with it. */
  readonly parentSpanId: string | undefined;
  /** One of few names, such as that of a workflow, step or command. */
  readonly name: string;
  /** `server`: it serves a call; `client`: it calls and waits; `internal`: neither. */
  readonly role: 'server' | 'client' | 'internal';
  readonly startedAt: number;
  readonly endedAt: number;
  /** Why it failed; undefined where it did not. */
  readonly failure: { readonly error: string; readonly cause: string } | undefined;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  /** What happened in it, in order. */
  readonly moments: readonly { readonly name: string; readonly at: number }[];
  /** Spans of the same trace that it is about, without being under them. */
  readonly about: readonly string[];
}

/** What makes a span: what is usual is left out. */
export type SpanParts = Pick<TraceSpan, 'spanId' | 'parentSpanId' | 'name' | 'startedAt' | 'endedAt'> &
  Partial<Omit<TraceSpan, 'attributes'>> & {
    readonly attributes?: Readonly<Record<string, string | number | boolean | undefined>>;
  };

/** Makes a span of a trace. One whose end is not known, or was told by another clock, ends no earlier than it begins. */
export function makeSpan(traceId: string, parts: SpanParts): TraceSpan {
  const known = Object.entries(parts.attributes ?? {}).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return {
    ...{ role: 'internal', failure: undefined, moments: [], about: [], ...parts, traceId },
    endedAt: Math.max(parts.startedAt, parts.endedAt),
    attributes: Object.fromEntries(known),
  };
}

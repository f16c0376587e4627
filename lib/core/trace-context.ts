import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/** A place in a trace: what happens next belongs under it. */
export interface TraceContext {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** Of the span that what happens next is under: 16 hexadecimal digits. */
  readonly spanId: string;
  /** Whether its spans are to be kept. */
  readonly isSampled: boolean;
}

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const MOST_CHARACTERS = 256;
const SAMPLED = 1;

/** Reads the header `traceparent` (W3C Trace Context, "Traceparent Header"); undefined for what is none, as the standard asks for. */
export function parseTraceparent(text: string | undefined): TraceContext | undefined {
  if (text === undefined || text.length > MOST_CHARACTERS) return undefined;
  const [, traceId, spanId, flags = '', more] = TRACEPARENT.exec(text) ?? [];
  if (traceId === undefined || spanId === undefined) return undefined;
  // Version 00 has nothing behind its flags; a later one may.
  if (more !== undefined && text.startsWith('00')) return undefined;
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & SAMPLED) === SAMPLED };
}

/** Writes the header `traceparent`, in version 00. */
export function formatTraceparent({ traceId, spanId, isSampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`;
}

/**
 * Id of the span of something: it follows from what it is, so that whoever tells of a part of a trace knows what others, at other
 * times and in other processes, call the part that it is under.
 */
export function spanIdOf(kind: string, ...key: readonly string[]): string {
  return digest([kind, ...key]).slice(0, 16);
}

/**
 * Id of a trace that begins with something at a moment. The first 8 digits are seconds, as X-Ray wants them (AWS X-Ray Developer Guide,
 * "Sending trace data": it takes no trace of more than 30 days ago).
 */
export function traceIdOf(key: string, at: number): string {
  const seconds = Math.floor(at / 1_000)
    .toString(16)
    .padStart(8, '0')
    .slice(-8);
  return `${seconds}${digest(['trace', key]).slice(0, 24)}`;
}

function digest(parts: readonly string[]): string {
  return bytesToHex(sha256(utf8ToBytes(parts.join('\n'))));
}

/** Of 56 bits, those that decide, from the end of the id as the others may be a time. */
const RANDOM_DIGITS = 14;

/** Whether a trace is among such a share of all of them: everybody who asks the same comes to the same. */
export function isInRatio(traceId: string, ratio: number): boolean {
  const share = Number.parseInt(traceId.slice(-RANDOM_DIGITS), 16) / 16 ** RANDOM_DIGITS;
  return share < ratio;
}

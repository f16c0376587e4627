import { MOST_PAYLOAD_BYTES } from '#definition/payload-size.ts';

/** A limit of Step Functions, and how near a workflow comes to it. */
export interface Limit {
  readonly name: 'history events' | 'payload bytes' | 'definition bytes' | 'characters of a state name';
  readonly value: number;
  readonly most: number;
  readonly isExceeded: boolean;
  /** What to do where it is exceeded. */
  readonly hint: string;
}

/** Limits of standard workflows (AWS Step Functions Developer Guide, "Service quotas"). */
const MOST = { events: 25_000, bytes: 1_048_576, name: 80 } as const;

/** What is measured against the limits. */
export interface Measured {
  readonly historyEvents: number;
  readonly payloadBytes: number;
  readonly definitionBytes: number;
  readonly longestName: number;
}

/** How near a workflow comes to each limit. */
export function limitsOf({
  historyEvents,
  payloadBytes,
  definitionBytes,
  longestName,
}: Measured): readonly Limit[] {
  return [
    limit(
      'history events',
      [historyEvents, MOST.events],
      'give the forEach a maxConcurrency above 40, so that each iteration has a history of its own, or let a child workflow do a part',
    ),
    limit('payload bytes', [payloadBytes, MOST_PAYLOAD_BYTES], 'say by `output` what is needed of a step'),
    limit('definition bytes', [definitionBytes, MOST.bytes], 'split it into several workflows'),
    limit('characters of a state name', [longestName, MOST.name], 'give the step a shorter id'),
  ];
}

function limit(name: Limit['name'], [value, most]: readonly [number, number], hint: string): Limit {
  return { name, value, most, isExceeded: value > most, hint };
}

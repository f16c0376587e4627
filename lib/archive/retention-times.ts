import { parseDuration } from '#core/duration.ts';

const DAY_MS = 86_400_000;

/** What is kept for some time, and what becomes of it then. */
interface Kept {
  /** How long it is kept where nobody says how long, in ms from its end. */
  readonly defaultMs: number;
  /** After which time it expires by itself, whatever is asked for; undefined: never. */
  readonly expiresMs?: number;
  /** What it is, for people. */
  readonly what: string;
}

/** The kinds of what is kept, in one table. `docs/guide/archive.md` tells of each. */
export const RETENTION_KINDS = {
  executions: {
    defaultMs: 90 * DAY_MS,
    what: 'executions, with their steps, commands and histories',
  },
  commands: { defaultMs: 90 * DAY_MS, what: 'commands by hand' },
  decisions: { defaultMs: 400 * DAY_MS, expiresMs: 400 * DAY_MS, what: 'the decision log' },
  notifications: {
    defaultMs: 30 * DAY_MS,
    expiresMs: 30 * DAY_MS,
    what: 'notifications, with their deliveries',
  },
  alerts: { defaultMs: 90 * DAY_MS, expiresMs: 90 * DAY_MS, what: 'alerts that are over' },
  events: { defaultMs: 7 * DAY_MS, expiresMs: 7 * DAY_MS, what: 'events' },
} as const satisfies Readonly<Record<string, Kept>>;

/** A kind of what is kept. */
export type RetentionKind = keyof typeof RETENTION_KINDS;

/** How long each kind is kept after its end, in ms; Infinity: for ever. */
export type RetentionTimes = Readonly<Record<RetentionKind, number>>;

/** The names of all kinds, in the order of the table. */
export const RETENTION_NAMES: readonly RetentionKind[] = [
  ...(['executions', 'commands', 'decisions', 'notifications', 'alerts', 'events'] as const),
];

/** How long each kind is kept where nobody says how long. */
export const DEFAULT_TIMES: RetentionTimes = timesOf(({ defaultMs }) => defaultMs);

/** Nothing goes but what expires by itself. */
export const KEEP_ALL: RetentionTimes = timesOf(({ expiresMs = Number.POSITIVE_INFINITY }) => expiresMs);

/** Times, or what is wrong with the text that was to tell them. */
export type ReadTimes = { readonly times: RetentionTimes } | { readonly problem: string };

/**
 * Reads times such as `30d`, which is for executions and commands, `forever`, or `executions=30d,events=3d`. Kinds that are not named keep
 * their defaults.
 */
export function readRetentionTimes(text: string): ReadTimes {
  const given = new Map<RetentionKind, number>();
  for (const part of text.split(',')) {
    const equals = part.indexOf('=');
    const name = part.slice(0, Math.max(0, equals));
    const kinds = name === '' ? WITHOUT_NAME : RETENTION_NAMES.filter((kind) => kind === name);
    if (kinds.length === 0) return { problem: `"${name}" is none of ${RETENTION_NAMES.join(', ')}` };
    const ms = readTime(part.slice(equals + 1));
    if (ms === undefined) return { problem: `"${part}" is no time; write it like 30d or 12h, or "forever"` };
    for (const kind of kinds) given.set(kind, ms);
  }
  const late = RETENTION_NAMES.find((kind) => (given.get(kind) ?? 0) > expiryOf(kind));
  if (late !== undefined) return { problem: tooLong(late) };
  return { times: timesOf(({ defaultMs }, kind) => given.get(kind) ?? defaultMs) };
}

const WITHOUT_NAME: readonly RetentionKind[] = ['executions', 'commands'];

function readTime(text: string): number | undefined {
  if (text === 'forever') return Number.POSITIVE_INFINITY;
  const ms = parseDuration(text);
  return ms !== undefined && ms > 0 ? ms : undefined;
}

function expiryOf(kind: RetentionKind): number {
  const { expiresMs = Number.POSITIVE_INFINITY }: Kept = RETENTION_KINDS[kind];
  return expiresMs;
}

function tooLong(kind: RetentionKind): string {
  const days = expiryOf(kind) / DAY_MS;
  return `${RETENTION_KINDS[kind].what} cannot be kept for more than ${days} days; an archive keeps what goes`;
}

/** Of what expires by itself, so long before that it goes into an archive: time for a person to mend one that cannot be written. In ms. */
const MARGIN_MS = 5 * DAY_MS;
/** Events are many, and never change: they go into an archive when they are so old. In ms. */
const EVENTS_AFTER_MS = 3_600_000;
/** Step Functions forgets a history so long after the end of its execution (Developer Guide, "Quotas"). In ms. */
export const STEP_FUNCTIONS_KEEPS_MS = 90 * DAY_MS;

/**
 * When each kind is to go from the store, in ms after its end. With an archive, what would be forgotten by something else goes some days
 * before it would.
 *
 * @param historiesMs after which time the engine forgets histories; Infinity: never.
 */
export function goingTimes(
  times: RetentionTimes,
  { isArchived, historiesMs }: { readonly isArchived: boolean; readonly historiesMs: number },
): RetentionTimes {
  if (!isArchived) return times;
  const going = timesOf(({ expiresMs = Number.POSITIVE_INFINITY }, kind) =>
    Math.min(times[kind], expiresMs - MARGIN_MS),
  );
  const { executions } = times;
  return {
    ...going,
    executions: Number.isFinite(executions) ? Math.min(executions, historiesMs - MARGIN_MS) : executions,
    decisions: times.decisions,
    events: EVENTS_AFTER_MS,
  };
}

function timesOf(of: (kept: Kept, kind: RetentionKind) => number): RetentionTimes {
  const time = (kind: RetentionKind): number => of(RETENTION_KINDS[kind], kind);
  return {
    executions: time('executions'),
    commands: time('commands'),
    decisions: time('decisions'),
    notifications: time('notifications'),
    alerts: time('alerts'),
    events: time('events'),
  };
}

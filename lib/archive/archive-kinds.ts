import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';

/** What the lines of a kind are, and where in them stands what people ask for. */
interface LineKind {
  /** The fields that together tell one line from another. */
  readonly id: readonly string[];
  /** The field that says when it was; its day is the day of the part. */
  readonly time: string;
  /** The field that says how it stands. */
  readonly status?: string;
  /** What a table shows of it. */
  readonly columns: readonly string[];
}

/** The kinds of lines of an archive. */
export const ARCHIVE_KINDS = {
  executions: {
    ...{ id: ['executionId'], time: 'startedAt', status: 'status' },
    columns: ['executionId', 'workflow', 'status', 'startedAt'],
  },
  history: {
    ...{ id: ['execution', 'child', 'id'], time: 'timestamp', status: 'type' },
    columns: ['timestamp', 'execution', 'id', 'type'],
  },
  commands: {
    ...{ id: ['id'], time: 'queuedAt', status: 'status' },
    columns: ['queuedAt', 'device', 'command', 'status', 'path'],
  },
  decisions: {
    ...{ id: ['id'], time: 'at', status: 'outcome.status' },
    columns: ['at', 'decision', 'version', 'chosen', 'outcome.status'],
  },
  records: {
    ...{ id: ['execution', 'key'], time: 'at' },
    columns: ['execution', 'key', 'record'],
  },
  notifications: {
    ...{ id: ['id'], time: 'sentAt' },
    columns: ['sentAt', 'topic', 'subject', 'delivered', 'failed'],
  },
  alerts: {
    ...{ id: ['id'], time: 'since', status: 'state' },
    columns: ['since', 'alert', 'severity', 'state', 'resolvedAt'],
  },
  events: {
    ...{ id: ['id'], time: 'at', status: 'kind' },
    columns: ['at', 'kind', 'workflow', 'device', 'path'],
  },
} as const satisfies Readonly<Record<string, LineKind>>;

/** A kind of lines. */
export type ArchiveKind = keyof typeof ARCHIVE_KINDS;

/** The names of the kinds of lines. */
export const ARCHIVE_NAMES: readonly [ArchiveKind, ...ArchiveKind[]] = [
  ...(['executions', 'history', 'commands', 'decisions'] as const),
  ...(['records', 'notifications', 'alerts', 'events'] as const),
];

/** What one line of a kind is told from the others by. */
export function lineId(kind: ArchiveKind, line: JsonObject): string {
  return ARCHIVE_KINDS[kind].id.map((field) => textAt(line, field)).join(' ');
}

/** When a line was: ISO 8601. */
export function lineTime(kind: ArchiveKind, line: JsonObject): string {
  return textAt(line, ARCHIVE_KINDS[kind].time);
}

/** How a line stands, in the words of its kind; '' where it does not stand in any way. */
export function lineStatus(kind: ArchiveKind, line: JsonObject): string {
  const { status = '' }: LineKind = ARCHIVE_KINDS[kind];
  return status === '' ? '' : textAt(line, status);
}

/** The devices that a line is about. */
export function lineDevices({ device, devices, steps }: JsonObject): readonly string[] {
  const ofSteps = Array.isArray(steps)
    ? steps.flatMap((step) => (isJsonObject(step) ? [step['device']] : []))
    : [];
  return [device, ...(Array.isArray(devices) ? devices : []), ...ofSteps].filter(
    (each): each is string => typeof each === 'string',
  );
}

/** The value at a path such as `outcome.status`. */
export function valueAt(line: JsonObject, path: string): Json | undefined {
  let value: Json | undefined = line;
  for (const field of path.split('.')) value = isJsonObject(value) ? value[field] : undefined;
  return value;
}

function textAt(line: JsonObject, path: string): string {
  const value = valueAt(line, path);
  return typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
}

import { shardOf } from './shard.ts';
import type { Key } from './table.ts';

/**
 * Every access pattern of the store, in one place; of notifications in `notification-keys.ts`. `docs/data-model.md` lists the items that live under these keys.
 * Times in sort keys are ULIDs or zero-padded, so that their order as text is their order in time.
 */

/** A published version of a workflow; and, sorted after `ALIAS#`, its named aliases. */
export const workflowKeys = {
  partition: (name: string): string => `WORKFLOW#${name}`,
  meta: (name: string): Key => ({ pk: `WORKFLOW#${name}`, sk: 'META' }),
  version: (name: string, version: string): Key => ({ pk: `WORKFLOW#${name}`, sk: `VERSION#${version}` }),
  versionPrefix: 'VERSION#',
  /** What the last drill of a version has found of its undo. */
  drill: (name: string, version: string): Key => ({ pk: `WORKFLOW#${name}`, sk: `DRILL#${version}` }),
  aliasPrefix: 'ALIAS#',
  alias: (name: string, alias: string): Key => ({ pk: `WORKFLOW#${name}`, sk: `ALIAS#${alias}` }),
  /** gsi1: all workflows by name (their META items). */
  all: 'WORKFLOWS',
} as const;

/** A published version of a template. */
export const templateKeys = {
  partition: (name: string): string => `TEMPLATE#${name}`,
  meta: (name: string): Key => ({ pk: `TEMPLATE#${name}`, sk: 'META' }),
  version: (name: string, version: string): Key => ({ pk: `TEMPLATE#${name}`, sk: `VERSION#${version}` }),
  versionPrefix: 'VERSION#',
  /** gsi1: all templates by name (their META items). */
  all: 'TEMPLATES',
} as const;

/** A published version of a decision. */
export const decisionKeys = {
  partition: (name: string): string => `DECISION#${name}`,
  meta: (name: string): Key => ({ pk: `DECISION#${name}`, sk: 'META' }),
  version: (name: string, version: string): Key => ({ pk: `DECISION#${name}`, sk: `VERSION#${version}` }),
  versionPrefix: 'VERSION#',
  /** gsi1: all decisions by name (their META items). */
  all: 'DECISIONS',
} as const;

/** What is published by name in versions: workflows, templates, decisions. */
export interface VersionedKeys {
  partition(name: string): string;
  meta(name: string): Key;
  readonly versionPrefix: string;
  /** gsi1: all of them by name. */
  readonly all: string;
}

/** An execution and all that belongs to it share one partition, so that it is read strongly consistent. */
export const executionKeys = {
  partition: (id: string): string => `EXECUTION#${id}`,
  meta: (id: string): Key => ({ pk: `EXECUTION#${id}`, sk: 'META' }),
  /** An output that is too large to stand beside its input. */
  output: (id: string): Key => ({ pk: `EXECUTION#${id}`, sk: 'OUTPUT' }),
  commandPrefix: 'COMMAND#',
  tolerance: (id: string, path: string): Key => ({ pk: `EXECUTION#${id}`, sk: `TOLERANCE#${path}` }),
  /** What an operator has done to it, by id, which is by time. */
  action: (id: string, action: string): Key => ({ pk: `EXECUTION#${id}`, sk: `ACTION#${action}` }),
  actionPrefix: 'ACTION#',
  /** What a task held of pools when the execution ended. */
  held: (id: string, taskId: string): Key => ({ pk: `EXECUTION#${id}`, sk: `HELD#${taskId}` }),
  heldPrefix: 'HELD#',
  /** An iteration of a forEach whose undo by itself has begun. */
  unwound: (id: string, path: string): Key => ({ pk: `EXECUTION#${id}`, sk: `UNWOUND#${path}` }),
  unwoundPrefix: 'UNWOUND#',
  failedIteration: (id: string, path: string): Key => ({ pk: `EXECUTION#${id}`, sk: `FAILED#${path}` }),
  /** How a forEach has divided its items into waves. */
  rolloutPlan: (id: string, path: string): Key => ({ pk: `EXECUTION#${id}`, sk: `ROLLOUT#PLAN#${path}` }),
  rolloutPlanPrefix: 'ROLLOUT#PLAN#',
  /** When the next iteration of a forEach may begin. */
  rolloutRate: (id: string, path: string): Key => ({ pk: `EXECUTION#${id}`, sk: `ROLLOUT#RATE#${path}` }),
  /** Devices that have joined a forEach, by the path of the wave that they make. */
  joined: (id: string, path: string, wave: string): Key => ({
    pk: `EXECUTION#${id}`,
    sk: `ROLLOUT#JOINED#${path}#${wave}`,
  }),
  joinedPrefix: (path: string): string => `ROLLOUT#JOINED#${path}#`,
  /** Since when a forEach watches for devices that join. */
  watched: (id: string, path: string): Key => ({ pk: `EXECUTION#${id}`, sk: `ROLLOUT#WATCH#${path}` }),
  /** A wave that an operator wants to begin without waiting for anything more, by its path. */
  waved: (id: string, path: string): Key => ({ pk: `EXECUTION#${id}`, sk: `ROLLOUT#NEXT#${path}` }),
  /** That what is due in the rollouts of an execution waits until an operator resumes it. */
  rolloutHold: (id: string): Key => ({ pk: `EXECUTION#${id}`, sk: 'ROLLOUT#HOLD' }),
  /** A device that a forEach has claimed, or had when the execution ended. */
  claimed: (id: string, device: string, path: string): Key => ({
    pk: `EXECUTION#${id}`,
    sk: `ROLLOUT#DEVICE#${device}#${path}`,
  }),
  claimedPrefix: 'ROLLOUT#DEVICE#',
  /** All that rollouts of an execution keep. */
  rolloutPrefix: 'ROLLOUT#',
  /** gsi1: executions of one workflow, by id, which is by time. */
  byWorkflow: (name: string): string => `WORKFLOW#${name}#EXECUTIONS`,
  /** gsi2: executions of one UTC day, by id; one day a partition keeps writes spread. */
  byDay: (day: string): string => `EXECUTIONS#${day}`,
} as const;

/**
 * A command lives in the partition of the execution that issued it, or, issued by hand, in one of its own. Its id is
 * `<owner>:<rest>`, so that the id alone gives the key.
 */
export function commandKey(commandId: string): Key {
  const split = commandId.indexOf(':');
  const owner = split < 0 ? commandId : commandId.slice(0, split);
  const rest = split < 0 ? '' : commandId.slice(split + 1);
  return { pk: `EXECUTION#${owner}`, sk: `COMMAND#${rest}` };
}

/**
 * What a task of a step leaves in the partition of its execution while it waits: its wait for an event, its approval, what
 * it holds of pools, the execution that it has started. A task's id is `<execution>:<path>:<attempt>`.
 */
export const taskKeys = {
  wait: (taskId: string): Key => taskKey('WAIT', taskId),
  waitPrefix: 'WAIT#',
  approval: (taskId: string): Key => taskKey('APPROVAL', taskId),
  approvalPrefix: 'APPROVAL#',
  hold: (taskId: string): Key => taskKey('HOLD', taskId),
  holdPrefix: 'HOLD#',
  child: (taskId: string): Key => taskKey('CHILD', taskId),
  childPrefix: 'CHILD#',
  /** A rollout that waits between its waves, or one of its iterations that waits to begin. */
  pause: (taskId: string): Key => taskKey('ROLLOUT#PAUSE', taskId),
  pausePrefix: 'ROLLOUT#PAUSE#',
  /** A task that was answered by a result that an equal run had left. */
  cached: (taskId: string): Key => taskKey('CACHED', taskId),
  cachedPrefix: 'CACHED#',
  /** A call over HTTP that can be undone. */
  called: (taskId: string): Key => taskKey('CALLED', taskId),
  calledPrefix: 'CALLED#',
  /** How many tries of a call over HTTP its service has answered with a failure. */
  answered: (taskId: string): Key => taskKey('ANSWERED', taskId),
  /** Why a step was decided as it was. */
  decided: (taskId: string): Key => taskKey('DECIDED', taskId),
  decidedPrefix: 'DECIDED#',
  /** A signal that waits for a step of its execution to wait for it. */
  signal: (execution: string, id: string): Key => ({ pk: `EXECUTION#${execution}`, sk: `SIGNAL#${id}` }),
  signalPrefix: 'SIGNAL#',
  /** That an execution has taken an event that is known by a key. */
  heard: (execution: string, key: string): Key => ({ pk: `EXECUTION#${execution}`, sk: `HEARD#${key}` }),
  /** gsi1: approvals that nobody has decided, by when they were asked for. */
  openApprovals: 'APPROVALS#OPEN',
} as const;

function taskKey(kind: string, taskId: string): Key {
  const split = taskId.indexOf(':');
  return { pk: `EXECUTION#${taskId.slice(0, split)}`, sk: `${kind}#${taskId.slice(split + 1)}` };
}

/** A group of people who may approve. */
export const groupKeys = {
  meta: (group: string): Key => ({ pk: `GROUP#${group}`, sk: 'META' }),
  /** gsi1: all groups by name. */
  all: 'GROUPS',
} as const;

/** What of a deployment is only known once it stands. */
export const settingKeys = {
  publicUrl: { pk: 'SETTING', sk: 'PUBLIC-URL' },
} as const;

/** A field of events and a value of it, by short names. */
interface FieldValue {
  readonly field: string;
  readonly value: string;
}

/** The tasks that wait for an event, by its name, and what is kept of events. */
export const eventKeys = {
  partition: (event: string): string => `EVENT#${event}`,
  /** One that may want any event of the name. */
  wait: (event: string, taskId: string): Key => ({ pk: `EVENT#${event}`, sk: `ANY#${taskId}` }),
  anyPrefix: 'ANY#',
  /** One that wants events with some value in some field, by short names of both. */
  correlated: (event: string, { field, value }: FieldValue, taskId: string): Key => ({
    pk: `EVENT#${event}`,
    sk: `BY#${field}#${value}#${taskId}`,
  }),
  correlatedPrefix: (field: string, value?: string): string =>
    value === undefined ? `BY#${field}#` : `BY#${field}#${value}#`,
  /** The fields by which some wait, or have waited. */
  field: (event: string, field: string): Key => ({ pk: `EVENT#${event}`, sk: `FIELD#${field}` }),
  fieldPrefix: 'FIELD#',
  /** An event that is kept for who begins to wait, by when it came. */
  kept: (event: string, at: number, key: string): Key => ({
    pk: `EVENT#${event}`,
    sk: `KEPT#${String(at).padStart(15, '0')}#${key}`,
  }),
  keptPrefix: 'KEPT#',
  /** That an event was told, by a hash of its id. */
  told: (event: string, hash: string): Key => ({ pk: `EVENT#${event}`, sk: `TOLD#${hash}` }),
} as const;

/**
 * A pool of units: what there is of it, who holds some, and who stands in line. A place in line is kept twice: by whose turn
 * it is (priority, high first, then rounds, then tickets), and by who stands there.
 */
export const poolKeys = {
  partition: (pool: string): string => `POOL#${pool}`,
  meta: (pool: string): Key => ({ pk: `POOL#${pool}`, sk: 'META' }),
  lease: (pool: string, holder: string): Key => ({ pk: `POOL#${pool}`, sk: `LEASE#${holder}` }),
  leasePrefix: 'LEASE#',
  place: (pool: string, holder: string): Key => ({ pk: `POOL#${pool}`, sk: `PLACE#${holder}` }),
  turn: (pool: string, { priority, round, ticket }: PlaceInLine): Key => ({
    pk: `POOL#${pool}`,
    sk: `${poolKeys.turnPrefix(priority)}${padded(round)}#${padded(ticket)}`,
  }),
  turnPrefix: (priority: number): string => `LINE#${String(999 - priority).padStart(3, '0')}#`,
  linePrefix: 'LINE#',
  /** The round in which those who share a key had their last turn. */
  keyOfTurns: (pool: string, priority: number, key: string): Key => ({
    pk: `POOL#${pool}`,
    sk: `KEY#${priority}#${key}`,
  }),
  /** gsi1: places in the line of a pool by ticket, which is by when they came. */
  byTicket: (pool: string, ticket: number) => ({ gsi1pk: `POOL#${pool}#LINE`, gsi1sk: padded(ticket) }),
  /** gsi1: all named pools. */
  all: 'POOLS',
} as const;

/** What the order of a line goes by. */
export interface PlaceInLine {
  readonly priority: number;
  readonly round: number;
  readonly ticket: number;
}

function padded(count: number): string {
  return String(count).padStart(15, '0');
}

/** A result that steps share, by a hash of its key. */
export const cacheKeys = {
  result: (hash: string): Key => ({ pk: `CACHE#${hash}`, sk: 'RESULT' }),
} as const;

/** A device, the slot that lets one command at a time through to it, and its mailbox of waiting commands. */
export const deviceKeys = {
  partition: (id: string): string => `DEVICE#${id}`,
  meta: (id: string): Key => ({ pk: `DEVICE#${id}`, sk: 'META' }),
  slot: (id: string): Key => ({ pk: `DEVICE#${id}`, sk: 'SLOT' }),
  /** The execution that has claimed the device for a rollout. */
  claim: (id: string): Key => ({ pk: `DEVICE#${id}`, sk: 'CLAIM' }),
  mailboxPrefix: 'MAILBOX#',
  /** Mailbox entries sort by priority (high first), then by when they came. */
  mailbox: (id: string, priority: number, queuedAt: number, commandId: string): Key => ({
    pk: `DEVICE#${id}`,
    sk: `MAILBOX#${String(999 - priority).padStart(3, '0')}#${String(queuedAt).padStart(15, '0')}#${commandId}`,
  }),
  /** gsi1: all devices by id. */
  all: 'DEVICES',
} as const;

/**
 * Devices by capability and zone, each set in a ring: in the order of a hash of their ids, so that a part of it from any
 * place on is like any other. Every device is in the rings of its capabilities, and in that of `*`, for each level of its zone.
 */
export const routeKeys = {
  ring: (capability: string, zone: string): string => `ROUTE#${capability}#${zone}`,
  /** Load, outcomes and breakers of a device. */
  health: (device: string): Key => ({ pk: `DEVICE#${device}`, sk: 'HEALTH' }),
  /** Whose turn it was last, of those who take turns by the same rule. */
  turn: (rule: string): Key => ({ pk: `ROTATION#${rule}`, sk: 'META' }),
} as const;

/** Into how many partitions the index of open commands is spread. */
const OPEN_SHARDS = 8;

/**
 * gsi2: open commands, by when they are due. Spread over a few partitions by device, so that a large fleet does not
 * write to one. Recovery reads them all.
 */
export const openCommandKeys = {
  partitions: Array.from({ length: OPEN_SHARDS }, (_, shard) => `COMMANDS#OPEN#${shard}`),
  index: (device: string, dueAt: number, commandId: string) => ({
    gsi2pk: `COMMANDS#OPEN#${shardOf(device, OPEN_SHARDS)}`,
    gsi2sk: `${String(Math.round(dueAt)).padStart(15, '0')}#${commandId}`,
  }),
} as const;

import { isJsonObject, type JsonObject } from '#core/json.ts';
import type { MonitoringEvent } from '#monitoring/events/event.ts';

/** What is counted, each by the dimensions that its cells are told apart by. */
export const FAMILIES = {
  executions: ['all', 'workflow', 'version', 'caller'],
  steps: ['all', 'workflow', 'step'],
  commands: ['all', 'workflow', 'command', 'type', 'zone', 'route'],
  pools: ['pool'],
  approvals: ['group'],
} as const;

/** A kind of thing that is counted. */
export type Family = keyof typeof FAMILIES;

/** What cells of a family are told apart by. */
export type Dimension = (typeof FAMILIES)[Family][number];

/** The value of the dimension of all. */
export const ALL = '*';

/** Something that is to be counted. */
export interface Fact {
  readonly family: Family;
  /** In which hour and day, in ms since the epoch. */
  readonly at: number;
  /** Of which values; a dimension without one is not counted by. */
  readonly values: Readonly<Partial<Record<Dimension, string | undefined>>>;
  /** What is added, by name; whole numbers. */
  readonly counts: Readonly<Record<string, number>>;
  readonly tookMs?: number | undefined;
}

/**
 * What is counted of an event. A step counts in the hour in which it ended, though it is told of later. What records tell of
 * for good is counted by their ends alone, so that figures that are made anew of records are the same.
 */
export function factsOf(event: MonitoringEvent): readonly Fact[] {
  return FACTS[event.kind.slice(0, event.kind.indexOf('.'))]?.(event, Date.parse(event.at)) ?? [];
}

const FACTS: Readonly<Record<string, (event: MonitoringEvent, at: number) => readonly Fact[]>> = {
  execution: executionFacts,
  step: stepFacts,
  command: commandFacts,
  lease: leaseFacts,
  approval: approvalFacts,
};

const EXECUTION_COUNTS: Readonly<Record<string, string>> = {
  'execution.started': 'started',
  'execution.succeeded': 'succeeded',
  'execution.failed': 'failed',
  'execution.timed-out': 'timedOut',
  'execution.stopped': 'stopped',
  'execution.rolled-back': 'rolledBack',
  'execution.rollback-incomplete': 'rollbackIncomplete',
};

/** A dollar has so many: sums of whole numbers do not depend on their order. */
export const NANODOLLARS = 1_000_000_000;
const HOUR_MS = 3_600_000;
/** Of an execution that takes longer, only the last hours count as busy. */
const MOST_HOURS = 48;

function executionFacts({ kind, workflow, version, data }: MonitoringEvent, at: number): readonly Fact[] {
  const family = 'executions';
  const named = `${workflow}@${version}`;
  const values = { all: ALL, workflow, version: workflow === undefined ? undefined : named };
  if (kind === 'execution.measured') {
    const { dollars, stateTransitions, lambdaCalls, readUnits, writeUnits } = data;
    const counts = {
      nanodollars: typeof dollars === 'number' ? Math.round(dollars * NANODOLLARS) : 0,
      ...{ stateTransitions: numberOf(stateTransitions), lambdaCalls: numberOf(lambdaCalls) },
      ...{ readUnits: numberOf(readUnits), writeUnits: numberOf(writeUnits), measured: 1 },
    };
    return [{ family, at, values, counts }];
  }
  const name = EXECUTION_COUNTS[kind];
  if (name === undefined) return [];
  const counts = { [name]: 1 };
  if (name === 'started')
    return [{ family, at, values: { ...values, caller: textOf(data['startedBy']) }, counts }];
  const tookMs = msOf(data['tookMs']);
  const fact: Fact = { family, at, values, counts, tookMs };
  return [fact, ...busyFacts(fact, data)];
}

/** How long it was there, in each of the hours. What was redriven has counted before. */
function busyFacts({ family, at, values, tookMs = 0 }: Fact, data: JsonObject): readonly Fact[] {
  if (numberOf(data['redriveCount']) > 0) return [];
  const facts: Fact[] = [];
  for (let end = at; end > at - tookMs && facts.length < MOST_HOURS; ) {
    const start = Math.max(at - tookMs, Math.ceil(end / HOUR_MS - 1) * HOUR_MS);
    facts.push({ family, at: start, values, counts: { busyMs: end - start } });
    end = start;
  }
  return facts;
}

const STEP_COUNTS: Readonly<Record<string, string>> = {
  'step.succeeded': 'succeeded',
  'step.failed': 'failed',
  'step.skipped': 'skipped',
  'step.cancelled': 'cancelled',
  'step.compensated': 'compensated',
  'step.compensation-failed': 'compensationFailed',
};

function stepFacts({ kind, workflow, path, data }: MonitoringEvent, at: number): readonly Fact[] {
  const name = STEP_COUNTS[kind];
  if (name === undefined) return [];
  const retries = Math.max(0, numberOf(data['attempts']) - 1);
  const { endedAt } = data;
  return [
    {
      family: 'steps',
      at: typeof endedAt === 'string' ? Date.parse(endedAt) : at,
      values: stepValues(workflow, path),
      counts: { [name]: 1, ...(retries > 0 ? { retries } : {}) },
      tookMs: name === 'skipped' ? undefined : msOf(data['tookMs']),
    },
  ];
}

function stepValues(workflow: string | undefined, path: string | undefined): Fact['values'] {
  return { all: ALL, workflow, step: stepOf(workflow, path) };
}

/** Of all iterations, a step is one. */
function stepOf(workflow: string | undefined, path: string | undefined): string | undefined {
  return workflow === undefined || path === undefined
    ? undefined
    : `${workflow}/${path.replaceAll(/\[\d+\]/g, '')}`;
}

const COMMAND_COUNTS: Readonly<Record<string, string>> = {
  'command.succeeded': 'succeeded',
  'command.failed': 'failed',
  'command.timed-out': 'timedOut',
  'command.expired': 'expired',
  'command.cancelled': 'cancelled',
  'command.undone': 'undone',
  'command.undo-failed': 'undoFailed',
};

/** Those that were issued by hand are found by no record of an execution, and not counted. */
function commandFacts(
  { kind, execution, workflow, path, data }: MonitoringEvent,
  at: number,
): readonly Fact[] {
  const name = COMMAND_COUNTS[kind];
  if (name === undefined || execution === undefined) return [];
  const waitedMs = numberOf(data['waitedMs']);
  const step = stepOf(workflow, path);
  const values = {
    ...{ all: ALL, workflow, command: textOf(data['name']), type: textOf(data['type']) },
    ...{ zone: textOf(data['zone']), route: data['strategy'] === undefined ? undefined : step },
  };
  const counts = { [name]: 1, ...(waitedMs > 0 ? { waitedMs } : {}) };
  const fact: Fact = { family: 'commands', at, values, counts, tookMs: msOf(data['tookMs']) };
  if (waitedMs === 0 || step === undefined) return [fact];
  return [fact, { family: 'steps', at, values: stepValues(workflow, path), counts: { waitedMs } }];
}

const LEASE_COUNTS: Readonly<Record<string, string>> = {
  'lease.granted': 'granted',
  'lease.refused': 'refused',
  'lease.left': 'left',
  'lease.released': 'released',
};

function leaseFacts({ kind, data }: MonitoringEvent, at: number): readonly Fact[] {
  const name = LEASE_COUNTS[kind];
  if (name === undefined || !isJsonObject(data['pools'])) return [];
  const heldMs = numberOf(data['heldMs']);
  return Object.entries(data['pools']).map(([pool, units]) => ({
    family: 'pools',
    at,
    values: { pool },
    counts: { [name]: 1, ...(heldMs > 0 ? { unitMs: heldMs * numberOf(units) } : {}) },
    tookMs: name === 'granted' ? msOf(data['waitedMs']) : undefined,
  }));
}

const APPROVAL_COUNTS: Readonly<Record<string, string>> = {
  'approval.approved': 'approved',
  'approval.rejected': 'rejected',
  'approval.expired': 'expired',
};

function approvalFacts({ kind, data }: MonitoringEvent, at: number): readonly Fact[] {
  const name = APPROVAL_COUNTS[kind];
  if (name === undefined) return [];
  const values = { group: textOf(data['group']) };
  return [{ family: 'approvals', at, values, counts: { [name]: 1 }, tookMs: msOf(data['waitedMs']) }];
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? Math.round(value) : 0;
}

function msOf(value: unknown): number | undefined {
  return typeof value === 'number' ? Math.max(0, Math.round(value)) : undefined;
}

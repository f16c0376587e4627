import { alertKeys } from '#table/alert-keys.ts';
import { executionKeys, taskKeys } from '#table/keys.ts';
import type { Key } from '#table/table.ts';
import { tellAlert, tellAlertGroup } from './alert-events.ts';
import type { RecordChange, Teller } from './change-of.ts';
import { tellCommand } from './command-events.ts';
import { tellDevice, tellHealth } from './device-events.ts';
import type { MonitoringEvent } from './event.ts';
import { tellAction, tellExecution } from './execution-events.ts';
import { tellAlias, tellDecisionVersion, tellPool, tellWorkflowVersion } from './publication-events.ts';
import {
  tellApproval,
  tellCached,
  tellCalled,
  tellDecided,
  tellFailedIteration,
  tellHold,
  tellPause,
  tellWait,
} from './task-events.ts';

/** Who tells of records: by what the key of their partition begins with, and what their sort key does. */
const TELLERS: Readonly<Record<string, readonly (readonly [sort: string, teller: Teller])[]>> = {
  EXECUTION: [
    [executionKeys.commandPrefix, tellCommand],
    ['META', tellExecution],
    [taskKeys.decidedPrefix, tellDecided],
    [taskKeys.holdPrefix, tellHold],
    [taskKeys.waitPrefix, tellWait],
    [taskKeys.approvalPrefix, tellApproval],
    [taskKeys.cachedPrefix, tellCached],
    [taskKeys.calledPrefix, tellCalled],
    [taskKeys.pausePrefix, tellPause],
    ['FAILED#', tellFailedIteration],
    [executionKeys.actionPrefix, tellAction],
  ],
  DEVICE: [
    ['HEALTH', tellHealth],
    ['META', tellDevice],
  ],
  POOL: [['META', tellPool]],
  WORKFLOW: [
    ['VERSION#', tellWorkflowVersion],
    ['ALIAS#', tellAlias],
  ],
  DECISION: [['VERSION#', tellDecisionVersion]],
  ALERT: [['META', tellAlert]],
  ALERTS: [[alertKeys.groupPrefix, tellAlertGroup]],
};

/** What the keys of partitions begin with whose records are told of. */
export const TOLD_PARTITIONS: readonly string[] = Object.keys(TELLERS);

/** Whether changes of a record with this key may be told as events. */
export function isTold(key: Key): boolean {
  return tellerOfKey(key) !== undefined;
}

/**
 * The events that a change of a record is, in order: the same on every runtime, as it is made of the record before and after and
 * of nothing else. The workflow is missing in those of records that do not say which it is (`withWorkflow`).
 */
export function eventsOf(change: RecordChange): readonly MonitoringEvent[] {
  return tellerOfKey(change.key)?.(change) ?? [];
}

/** The same by what keys begin with: it is asked of every write, and to cut the partition's name out would take longer. */
const BY_PREFIX = Object.entries(TELLERS).map(([partition, tellers]) => ({
  prefix: `${partition}#`,
  tellers: tellers.map(([sort, teller]) => ({ sort, teller })),
}));

function tellerOfKey({ pk, sk }: Key): Teller | undefined {
  for (const { prefix, tellers } of BY_PREFIX) {
    if (!pk.startsWith(prefix)) continue;
    for (const { sort, teller } of tellers) if (sk.startsWith(sort)) return teller;
    return undefined;
  }
  return undefined;
}

import { isJsonObject, type JsonObject } from '#core/json.ts';
import { MACHINE_TOKENS } from '../task-payload.ts';
import { BLOCK_THROUGH } from '../wait-payload.ts';
import type { Usage } from './usage.ts';

/*
 * What the handlers do when nothing fails. A test runs them on a table that counts DynamoDB's request units, so that these
 * numbers stay true. Records are taken to be under 1 KB, those with a task token (some 900 characters) under 2 KB.
 */

/**
 * A command to a device that is online. Lambda: `command`, `device-message` for RUNNING and for the answer, `deadline`.
 * Reads: the record four times, the device twice, its health and its mailbox once. Writes: record, slot and health in one
 * transaction; RUNNING; record, slot, device and health in one transaction, each with its indexes. IoT: the message in, out, and the device's PUBACK;
 * RUNNING and the answer, each with a rule. SQS: the deadline is sent, received and deleted.
 */
export const COMMAND_USAGE: Partial<Usage> = {
  lambdaCalls: 4,
  readUnits: 8,
  writeUnits: 27,
  iotMessages: 5,
  iotRules: 2,
  sqsRequests: 3,
};

/** Standing in line for units of one pool, and getting them at once. */
export const ACQUIRE_USAGE: Partial<Usage> = { lambdaCalls: 1, readUnits: 6, writeUnits: 9 };

/** Giving back units of one pool for which nobody stands in line. */
export const RELEASE_USAGE: Partial<Usage> = { lambdaCalls: 1, readUnits: 5, writeUnits: 7 };

/** Waiting for an event, and the call that tells it. SQS: the deadline. */
export const EVENT_USAGE: Partial<Usage> = { lambdaCalls: 3, readUnits: 7, writeUnits: 12, sqsRequests: 3 };

/** Watching the time of a block. SQS: the deadline. */
export const WATCH_USAGE: Partial<Usage> = { lambdaCalls: 2, readUnits: 2, writeUnits: 6, sqsRequests: 3 };

/** Telling who watches the time of a block that it is through. */
export const TELL_USAGE: Partial<Usage> = { lambdaCalls: 1, readUnits: 2, writeUnits: 8 };

/**
 * A notification that nobody but an SNS topic is told of. Lambda: `deliver`, for the delivery and for a look whether it was begun. SQS:
 * both. Each receiver that a project names is one delivery more.
 */
const NOTIFICATION_USAGE = { lambdaCalls: 2, readUnits: 4, writeUnits: 15, sqsRequests: 6, snsRequests: 1 };

/**
 * Asking for an approval, and the call of the one who gives it. SQS: the deadline, and a look whether the answer has arrived;
 * the question is a notification. Where the group's people are known, each is sent a link by one more.
 */
export const APPROVAL_USAGE: Partial<Usage> = {
  ...NOTIFICATION_USAGE,
  lambdaCalls: 4 + NOTIFICATION_USAGE.lambdaCalls,
  readUnits: 4 + NOTIFICATION_USAGE.readUnits,
  writeUnits: 12 + NOTIFICATION_USAGE.writeUnits,
  sqsRequests: 6 + NOTIFICATION_USAGE.sqsRequests,
};

/**
 * A child execution of a distributed Map: its start and its end. EventBridge tells of that end as of any other, and a function looks that
 * it is nothing to settle.
 */
export const CHILD_EXECUTION_USAGE: Partial<Usage> = { lambdaCalls: 1, stateTransitions: 2 };

/** Starting and ending another execution, whose own steps are forecast by its own plan. */
export const CHILD_USAGE: Partial<Usage> = {
  lambdaCalls: 2,
  readUnits: 9,
  writeUnits: 8,
  stateTransitions: 2,
};

/** A call over HTTP: the handler alone. */
export const HTTP_USAGE: Partial<Usage> = { lambdaCalls: 1 };

/** The same where it can be undone: its record, before it is made and when it is answered. */
export const UNDOABLE_HTTP_USAGE: Partial<Usage> = { ...HTTP_USAGE, writeUnits: 2 };

/** The notification of a step. */
export const NOTIFY_USAGE: Partial<Usage> = {
  ...NOTIFICATION_USAGE,
  lambdaCalls: 1 + NOTIFICATION_USAGE.lambdaCalls,
};

/**
 * A decision: its table is read once by each warm function. Why it was decided so is kept with the step, in the index of the decision
 * log, and marked with the outcome when the execution ends.
 */
export const DECIDE_USAGE: Partial<Usage> = { lambdaCalls: 1, writeUnits: 4 };

/** Starting an execution by the API, and noting its end, also in the decision log: `api`, `execution-ended`. */
export const RUN_USAGE: Partial<Usage> = {
  lambdaCalls: 2,
  readUnits: 9,
  writeUnits: 6,
  stateTransitions: 2,
  historyEvents: 2,
};

/** A call of the unwind: what an execution or iteration has done is read, and one layer of it told, or the end noted. */
export const UNWIND_USAGE: Partial<Usage> = { lambdaCalls: 1, readUnits: 5, writeUnits: 1 };

/** A device's item in the index of all devices, in bytes. */
const DEVICE_BYTES = 512;
/** What half a read unit, which is one of an index, takes in. */
const INDEX_READ_BYTES = 4_096;

/** Selecting devices: all that are registered are read from their index. */
export function selectionUsage(devices: number): Partial<Usage> {
  const readUnits = Math.max(1, Math.ceil((devices * DEVICE_BYTES) / INDEX_READ_BYTES)) / 2;
  return { lambdaCalls: 1, readUnits };
}

/** As many as `lib/executions/rollout/claims.ts` claims in one transaction. */
const DEVICES_OF_A_TRANSACTION = 49;

/** A rollout that waits, and is looked at once when it is time: its record is put and deleted, and whether it is held is read. SQS: the deadline. */
export const PAUSE_USAGE: Partial<Usage> = { lambdaCalls: 2, readUnits: 3, writeUnits: 4, sqsRequests: 3 };

/** A wave that nobody holds: there is no record of its waiting, and the one that there might be is deleted. */
export const GATE_USAGE: Partial<Usage> = { lambdaCalls: 1, readUnits: 2, writeUnits: 1 };

/**
 * Planning a rollout: its record. Each device that is claimed is two items, written in one transaction and deleted at the end,
 * and read once there, as is who waits for them. Each transaction checks that the execution still runs.
 */
export function rolloutUsage(items: number, isClaiming: boolean): Partial<Usage> {
  const claimed = isClaiming ? items : 0;
  const checks = 2 * Math.ceil(claimed / DEVICES_OF_A_TRANSACTION);
  return { lambdaCalls: 1, readUnits: claimed + (claimed > 0 ? 1 : 0), writeUnits: 1 + checks + 5 * claimed };
}

const BY_TOKEN: Readonly<Record<string, Partial<Usage>>> = {
  [MACHINE_TOKENS.command]: COMMAND_USAGE,
  [MACHINE_TOKENS.awaitEvent]: EVENT_USAGE,
  [MACHINE_TOKENS.requestApproval]: APPROVAL_USAGE,
  [MACHINE_TOKENS.startWorkflow]: CHILD_USAGE,
  [MACHINE_TOKENS.callHttp]: HTTP_USAGE,
  [MACHINE_TOKENS.notify]: NOTIFY_USAGE,
  [MACHINE_TOKENS.decide]: DECIDE_USAGE,
  [MACHINE_TOKENS.unwind]: UNWIND_USAGE,
};

/** What the handler that a Task state calls takes, each time, for so many devices; nothing where it calls none of ours. */
export function calledUsage(state: JsonObject, devices: number): Partial<Usage> {
  const call = isJsonObject(state['Arguments']) ? state['Arguments'] : {};
  const [, token = ''] = /^\$\{(\w+)\}$/.exec(String(call['FunctionName'])) ?? [];
  if (token === MACHINE_TOKENS.selectDevices) return selectionUsage(devices);
  const { action, event, claim, compensate } = isJsonObject(call['Payload']) ? call['Payload'] : {};
  if (token === MACHINE_TOKENS.callHttp && compensate !== undefined) return UNDOABLE_HTTP_USAGE;
  if (token === MACHINE_TOKENS.rollout) {
    if (action === 'plan') return rolloutUsage(devices, claim !== undefined);
    return action === 'gate' ? GATE_USAGE : PAUSE_USAGE;
  }
  if (event === BLOCK_THROUGH) return action === 'tell' ? TELL_USAGE : WATCH_USAGE;
  if (token === MACHINE_TOKENS.lock) return action === 'acquire' ? ACQUIRE_USAGE : RELEASE_USAGE;
  return BY_TOKEN[token] ?? {};
}

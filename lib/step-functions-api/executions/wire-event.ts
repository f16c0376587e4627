import type { Json, JsonObject } from '#core/json.ts';
import type { ExecutionRef } from '#engine/engine.ts';
import type { HistoryEvent } from '#engine/history.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { Pin } from '../catalogue/pin-store.ts';
import { timestamp } from '../operation.ts';
import { startedBy } from './describe.ts';

/** What the first event of a history tells besides the input. */
export interface StartedExecution {
  readonly ref: ExecutionRef;
  readonly pin: Pin | undefined;
  readonly catalogue: Catalogue;
}

/** Members that hold data of the execution, and what goes with each. */
const DATA: ReadonlyMap<string, string | undefined> = new Map([
  ['input', 'inputDetails'],
  ['output', 'outputDetails'],
  ['assignedVariables', 'assignedVariablesDetails'],
  ['parameters', undefined],
]);

/** Types whose details stand under a name that is not made of the type's own. */
const SHARED_MEMBERS: readonly (readonly [RegExp, string])[] = [
  [/StateEntered$/, 'stateEnteredEventDetails'],
  [/StateExited$/, 'stateExitedEventDetails'],
];

/** Types that have no member for details (Step Functions API Reference, HistoryEvent). */
const BARE =
  /^(?:Parallel|Map)State(?:Succeeded|Failed|Aborted)$|^ParallelStateStarted$|StateAborted$|^LambdaFunctionStarted$|^MapRun(?:Succeeded|Aborted)$/;

/** An event as `GetExecutionHistory` gives it: its details under the one member that its type has. */
export function wireEvent(event: HistoryEvent, started: StartedExecution, included: boolean): JsonObject {
  const { id, previousEventId, type, details } = event;
  const common = { id, previousEventId, type, timestamp: timestamp(event.timestamp) };
  const member = memberOf(type);
  if (member === undefined) return common;
  const more = type === 'ExecutionStarted' ? startOf(started) : {};
  return { ...common, [member]: { ...withDetails(details, included), ...more } };
}

function memberOf(type: HistoryEvent['type']): string | undefined {
  if (BARE.test(type)) return undefined;
  const shared = SHARED_MEMBERS.find(([pattern]) => pattern.test(type))?.[1];
  return shared ?? `${type.charAt(0).toLowerCase()}${type.slice(1)}EventDetails`;
}

function withDetails(details: JsonObject, included: boolean): JsonObject {
  const entries = Object.entries(details).flatMap(([name, value]): (readonly [string, Json])[] => {
    // A stop without a reason has neither error nor cause.
    if (value === '' && (name === 'error' || name === 'cause')) return [];
    if (!included && DATA.has(name)) return [];
    const more = DATA.get(name);
    return more === undefined
      ? [[name, value]]
      : [
          [name, value],
          [more, { truncated: false }],
        ];
  });
  return Object.fromEntries(entries);
}

function startOf({ pin, catalogue }: StartedExecution): JsonObject {
  const revision = pin === undefined ? undefined : catalogue.machines.revision(pin.revision);
  return {
    roleArn: revision?.roleArn ?? 'arn:aws:iam::000000000000:role/embedded',
    ...startedBy(pin),
  };
}

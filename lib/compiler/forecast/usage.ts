/** What a run takes of AWS, in the units that are billed or limited. */
export interface Usage {
  /** States entered, and the start and the end of each execution. */
  readonly stateTransitions: number;
  /** Events in the history of the execution; those of executions that it starts are their own. */
  readonly historyEvents: number;
  readonly lambdaCalls: number;
  /** DynamoDB request units. */
  readonly readUnits: number;
  readonly writeUnits: number;
  /** Messages that IoT Core meters, each up to 5 KB. */
  readonly iotMessages: number;
  /** IoT rules that are triggered, each with one action. */
  readonly iotRules: number;
  readonly sqsRequests: number;
  readonly snsRequests: number;
}

/** Nothing at all. */
export const NO_USAGE: Usage = {
  stateTransitions: 0,
  historyEvents: 0,
  lambdaCalls: 0,
  readUnits: 0,
  writeUnits: 0,
  iotMessages: 0,
  iotRules: 0,
  sqsRequests: 0,
  snsRequests: 0,
};

/** What several take together, each so many times. */
export function totalUsage(parts: readonly (readonly [usage: Partial<Usage>, times: number])[]): Usage {
  const total = { ...NO_USAGE };
  for (const [usage, times] of parts) {
    for (const unit of USAGE_UNITS) total[unit] += (usage[unit] ?? 0) * times;
  }
  for (const unit of USAGE_UNITS) total[unit] = Math.round(total[unit]);
  return total;
}

/** A unit of {@link Usage}. */
export type UsageUnit = keyof Usage;

/** Every unit of {@link Usage}. */
export const USAGE_UNITS: readonly UsageUnit[] = [
  ...(['stateTransitions', 'historyEvents', 'lambdaCalls', 'readUnits', 'writeUnits'] as const),
  ...(['iotMessages', 'iotRules', 'sqsRequests', 'snsRequests'] as const),
];

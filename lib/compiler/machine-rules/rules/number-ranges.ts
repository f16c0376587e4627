import type { JsonObject } from '#core/json.ts';
import type { DocumentPath } from '#definition/document-path.ts';
import { objectOf, objectsOf } from '../machine.ts';
import type { MachineExamination, MachineRule } from '../machine-rule.ts';

interface Range {
  readonly min: number;
  readonly max: number;
  readonly isWhole: boolean;
}

const LONGEST_SECONDS = 99_999_999;
const SECONDS: Range = { min: 1, max: LONGEST_SECONDS, isWhole: true };
const COUNT: Range = { min: 0, max: Number.POSITIVE_INFINITY, isWhole: true };

/** What numbers the fields of a state take. Expressions are looked at when they are evaluated. */
const OF_STATES: Readonly<Record<string, Range>> = {
  TimeoutSeconds: SECONDS,
  HeartbeatSeconds: SECONDS,
  Seconds: { ...SECONDS, min: 0 },
  MaxConcurrency: COUNT,
  ToleratedFailureCount: COUNT,
  ToleratedFailurePercentage: { min: 0, max: 100, isWhole: false },
};

const OF_BATCHERS: Readonly<Record<string, Range>> = {
  MaxItemsPerBatch: { ...COUNT, min: 1 },
  MaxInputBytesPerBatch: { min: 1, max: 262_144, isWhole: true },
};

const OF_RETRIERS: Readonly<Record<string, Range>> = {
  IntervalSeconds: SECONDS,
  MaxAttempts: { ...SECONDS, min: 0 },
  BackoffRate: { min: 1, max: Number.POSITIVE_INFINITY, isWhole: false },
  MaxDelaySeconds: { min: 1, max: 31_622_399, isWhole: true },
};

/**
 * Timeouts, waits, numbers of tries and of iterations are in the ranges that Step Functions takes.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/state-task.html
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/state-wait.html
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html#error-handling-retrying-after-an-error
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
 */
export const numberRanges: MachineRule = {
  machine({ body }, examination) {
    tellOfRanges({ fields: body, path: [] }, { TimeoutSeconds: SECONDS }, examination);
  },
  state({ path, fields }, examination) {
    const { ItemBatcher: batcher, Retry: retry } = fields;
    tellOfRanges({ fields, path }, OF_STATES, examination);
    tellOfRanges({ fields: objectOf(batcher), path: [...path, 'ItemBatcher'] }, OF_BATCHERS, examination);
    tellOfOrder({ fields, path }, ['HeartbeatSeconds', 'TimeoutSeconds'], examination);
    for (const [index, retrier] of objectsOf(retry)) {
      const part = { fields: retrier, path: [...path, 'Retry', index] };
      tellOfRanges(part, OF_RETRIERS, examination);
      tellOfOrder(part, ['IntervalSeconds', 'MaxDelaySeconds'], examination);
    }
  },
};

interface Part {
  readonly fields: JsonObject;
  readonly path: DocumentPath;
}

function tellOfRanges(
  { fields, path }: Part,
  ranges: Readonly<Record<string, Range>>,
  { tell }: MachineExamination,
): void {
  for (const [field, range] of Object.entries(ranges)) {
    const value = fields[field];
    if (value === undefined || typeof value === 'string' || (typeof value === 'number' && isIn(range, value)))
      continue;
    tell({
      code: 'SW1722',
      path: [...path, field],
      message: `${field} is ${JSON.stringify(value)}`,
      hint: `it is ${textOf(range)}`,
    });
  }
}

function isIn({ min, max, isWhole }: Range, value: number): boolean {
  return value >= min && value <= max && (Number.isInteger(value) || !isWhole);
}

function textOf({ min, max, isWhole }: Range): string {
  return `a ${isWhole ? 'whole ' : ''}number from ${min}${Number.isFinite(max) ? ` to ${max}` : ' on'}`;
}

function tellOfOrder(
  { fields, path }: Part,
  [less, more]: readonly [string, string],
  { tell }: MachineExamination,
): void {
  const [low, high] = [fields[less], fields[more]];
  if (typeof low !== 'number' || typeof high !== 'number' || low < high) return;
  tell({
    code: 'SW1722',
    path: [...path, less],
    message: `${less} is ${low}, and ${more} ${high}`,
    hint: `${less} is less than ${more}`,
  });
}

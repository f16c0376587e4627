import { sameValue } from './same-value.ts';
import { durationWords, valueWords } from './words.ts';

/** A part that is not what it was. */
export interface PartChange {
  /** Its outermost key in the model, such as `compensate`. */
  readonly key: string;
  /** What its author calls it, with the field that has changed: `compensate.timeout`. */
  readonly label: string;
  /** Such as `60s → 30s`. */
  readonly text: string;
}

/** Parts that the model calls otherwise than authors do. Keys that end in `Ms` are durations. */
const LABELS: Readonly<Record<string, string>> = {
  title: 'name',
  items: 'forEach',
  condition: 'while',
  values: 'set',
  state: 'asl',
  'wait.ms': 'wait.for',
  'wait.seconds': 'wait.for',
};

type Parts = Readonly<Record<string, unknown>>;

/** The parts that have changed between two of the same kind, in words; of objects, only the fields that have. */
export function partChanges(before: Parts, after: Parts): readonly PartChange[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) =>
    changesAt(key, before[key], after[key]).map((change) => ({ key, ...change })),
  );
}

function changesAt(path: string, before: unknown, after: unknown): readonly Omit<PartChange, 'key'>[] {
  if (sameValue(before, after)) return [];
  if (isRecord(before) && isRecord(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys].flatMap((key) => changesAt(`${path}.${key}`, before[key], after[key]));
  }
  const words = (value: unknown): string =>
    typeof value === 'number' && /ms$/i.test(path) ? durationWords(value) : valueWords(value);
  return [{ label: labelOf(path), text: `${words(before)} → ${words(after)}` }];
}

function labelOf(path: string): string {
  const [first = '', ...rest] = path.split('.');
  return LABELS[path] ?? [LABELS[first] ?? first, ...rest].join('.').replace(/Ms$/, '');
}

function isRecord(value: unknown): value is Parts {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

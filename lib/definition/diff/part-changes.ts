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

/** Parts that the model calls otherwise than authors do. */
const LABELS: Readonly<Record<string, string>> = {
  title: 'name',
  items: 'forEach',
  condition: 'while',
  values: 'set',
  state: 'asl',
  verify: 'compensate.verify',
  'wait.seconds': 'wait.for',
};

/** Parts that are durations, which the model has in ms. */
const DURATIONS: Readonly<Record<string, string>> = {
  timeoutMs: 'timeout',
  expiresMs: 'expires',
  remindMs: 'remind',
  'retry.delayMs': 'retry.delay',
  'retry.maxDelayMs': 'retry.maxDelay',
  'compensate.timeoutMs': 'compensate.timeout',
  'verify.timeoutMs': 'compensate.verify.timeout',
  'cache.ttlMs': 'cache.ttl',
  'waves.soakMs': 'betweenWaves.soak',
  'waves.health.withinMs': 'betweenWaves.health.within',
  'waves.health.everyMs': 'betweenWaves.health.every',
  'watch.forMs': 'watch.for',
  'wait.ms': 'wait.for',
};

type Parts = Readonly<Record<string, unknown>>;

/** The parts that have changed between two of the same kind, in words; of objects, only the fields that have. */
export function partChanges(before: Parts, after: Parts): readonly PartChange[] {
  return keysOf(before, after).flatMap((key) =>
    changesAt(key, before[key], after[key]).map((change) => ({ key, ...change })),
  );
}

function changesAt(path: string, before: unknown, after: unknown): readonly Omit<PartChange, 'key'>[] {
  if (sameValue(before, after)) return [];
  if (isRecord(before) && isRecord(after))
    return keysOf(before, after).flatMap((key) =>
      changesAt(`${path}.${key}`, ownPart(before, key), ownPart(after, key)),
    );
  const words = (value: unknown): string =>
    typeof value === 'number' && DURATIONS[path] !== undefined ? durationWords(value) : valueWords(value);
  return [{ label: labelOf(path), text: `${words(before)} → ${words(after)}` }];
}

function keysOf(before: Parts, after: Parts): readonly string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])];
}

function ownPart(parts: Parts, key: string): unknown {
  return Object.hasOwn(parts, key) ? parts[key] : undefined;
}

function labelOf(path: string): string {
  const [first = '', ...rest] = path.split('.');
  return DURATIONS[path] ?? LABELS[path] ?? [LABELS[first] ?? first, ...rest].join('.');
}

function isRecord(value: unknown): value is Parts {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

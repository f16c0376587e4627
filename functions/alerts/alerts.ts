import type { AlertCount } from '#monitoring/alerts/alert-counts.ts';
import type { LeasedEvaluation } from '#monitoring/alerts/leased-evaluation.ts';
import type { AlertWaker } from '#monitoring/alerts/wake.ts';
import type { Sample } from '#monitoring/metrics/metric-table.ts';

/** What looking at alerts takes. */
export interface AlertsPorts {
  readonly evaluation: Pick<LeasedEvaluation, 'wake'>;
  readonly waker: AlertWaker;
  emit(samples: readonly Sample[]): void;
}

/** Looks how alerts stand, whoever has asked for it, and tells how many there are. While there are any, it asks for the next look itself. */
export function createAlerts({ evaluation, waker, emit }: AlertsPorts): () => Promise<void> {
  let before: readonly AlertCount[] = [];
  return async () => {
    const { did, again, counts } = await evaluation.wake();
    if (again) await waker.wake();
    if (did !== 'looked') return;
    emit(samplesOf(counts, before));
    before = counts;
  };
}

/** Of those that there are no more it is told that there are none, so that their line comes down. */
function samplesOf(counts: readonly AlertCount[], before: readonly AlertCount[]): readonly Sample[] {
  const isThere = ({ state, severity }: AlertCount): boolean =>
    counts.some((other) => other.state === state && other.severity === severity);
  const gone = before.filter((count) => !isThere(count)).map((count) => ({ ...count, count: 0 }));
  return [...counts, ...gone].map(({ count, state, severity }) => ({
    ...{ metric: 'stepwright_alerts', value: count, labels: { state, severity } },
  }));
}

import type { AlertRecord } from './records/alert-record.ts';

/** How many alerts there are that stand in one way, and are as bad. */
export interface AlertCount {
  readonly state: string;
  readonly severity: string;
  readonly count: number;
}

/** How many alerts there are by how they stand, and severity. */
export function countAlerts(alerts: readonly AlertRecord[]): readonly AlertCount[] {
  const groups = Map.groupBy(alerts, ({ status, severity }) => `${status} ${severity}`);
  return [...groups].map(([key, { length }]) => {
    const [state = '', severity = ''] = key.toLowerCase().split(' ');
    return { state, severity, count: length };
  });
}

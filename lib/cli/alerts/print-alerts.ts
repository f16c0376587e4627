import type { Paint } from '../terminal.ts';

/** Values that an alert is told apart by: `p1`, or `zone=berlin workflow=rollout` where there are several. */
export function valuesWords(by: Readonly<Record<string, string>>): string {
  const entries = Object.entries(by);
  const [first] = entries;
  if (entries.length === 1 && first !== undefined) return first[1];
  return entries.map(([field, value]) => `${field}=${value}`).join(' ');
}

/** The colour of a severity. */
export function paintSeverity(severity: string, paint: Paint): (text: string) => string {
  if (severity === 'critical') return paint.red;
  return severity === 'warning' ? paint.yellow : (text) => text;
}

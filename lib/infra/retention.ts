import { readRetentionTimes } from '#archive/retention-times.ts';

/** The times of a deployment, as they were given in its context; 90 days for executions where they were not. Throws where they are none. */
export function retentionOf(text = 'executions=90d'): string {
  const read = readRetentionTimes(text);
  if ('problem' in read) throw new Error(`retain: ${read.problem}`);
  return text;
}

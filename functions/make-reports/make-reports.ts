import type { Json } from '#core/json.ts';
import { type DuePorts, makeDueReports } from '#reports/schedule/make-due.ts';

/** Makes the reports that are due, whoever asks for it; tells which. */
export function createMakeReports(ports: DuePorts): () => Promise<Json> {
  return async () => {
    const made = await makeDueReports(ports);
    return { made: made.map(({ report, id }) => ({ report, id })) };
  };
}

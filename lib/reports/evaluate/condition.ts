import { reasonOf } from '#core/reason-of.ts';
import { evaluate } from '#expression/evaluate.ts';
import type { ReportRecord } from '../record.ts';

/** Far more than one record takes, also on a machine that is busy: a record must not fall out because of others. */
const LIMITS = { timeoutMs: 1_000, depth: 50, sequence: 1_000 } as const;

/** A condition over records, that counts those for which it could not be told. */
export class Condition {
  readonly text: string;
  /** For how many records it failed, and what was said the first time. */
  failed = 0;
  reason = '';

  constructor(text: string) {
    this.text = text;
  }

  /** Whether it gives true; where it fails, it does not hold. */
  async holds(record: ReportRecord): Promise<boolean> {
    try {
      return (await evaluate(this.text, { input: record }, LIMITS)) === true;
    } catch (error) {
      if (this.failed++ === 0) this.reason = reasonOf(error);
      return false;
    }
  }
}

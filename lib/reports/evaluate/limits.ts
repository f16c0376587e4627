/** How much one report takes on. What is beyond that is left out, and told. */
export interface ReportLimits {
  /** Records that are read. */
  readonly records: number;
  /** Rows before `limit`. */
  readonly groups: number;
  /** Different values that are told apart, of all rows and measures together. */
  readonly distinct: number;
  /** For how long records are read, in ms. */
  readonly readMs: number;
}

/** What an ordinary answer of the API has time for: a Lambda function behind API Gateway has 29 seconds. */
export const REPORT_LIMITS: ReportLimits = {
  ...{ records: 200_000, groups: 10_000, distinct: 200_000, readMs: 20_000 },
};

/** How many more different values may be kept. */
export class DistinctBudget {
  #left: number;
  /** How often there was no room for one. */
  refused = 0;

  constructor(most: number) {
    this.#left = most;
  }

  take(): boolean {
    if (this.#left > 0) {
      this.#left--;
      return true;
    }
    this.refused++;
    return false;
  }
}

import { StepwrightError } from '#core/error.ts';

/** How a collector does: its silence is told once, and its return. */
export class CollectorWatch {
  readonly #report: (trouble: StepwrightError | 'well again') => void;
  #isSilent = false;

  constructor(report: (trouble: StepwrightError | 'well again') => void) {
    this.#report = report;
  }

  /** Takes note that something did not get there. */
  failed(error: unknown): void {
    if (this.#isSilent) return;
    this.#isSilent = true;
    const reason = error instanceof Error ? error.message : String(error);
    this.#report(
      new StepwrightError({
        ...{ code: 'SW3017', kind: 'unavailable' },
        message: `the collector takes no telemetry: ${reason}`,
        hint: 'what it is not told of is dropped, and executions go on; this is said once until it answers again',
      }),
    );
  }

  /** Takes note that something got there. */
  succeeded(): void {
    if (!this.#isSilent) return;
    this.#isSilent = false;
    this.#report('well again');
  }
}

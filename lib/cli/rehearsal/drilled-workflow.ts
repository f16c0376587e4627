import type { DrilledStep } from '#rehearsal/drill/drill.ts';

/** A workflow with what was found of its undo. */
export interface DrilledWorkflow {
  readonly workflow: string;
  readonly version: string;
  readonly file: string;
  /** Of its text: what a server holds against the text that was published. */
  readonly digest: string;
  readonly steps: readonly DrilledStep[];
}

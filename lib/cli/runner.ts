import type { ExitCode } from './print-fault.ts';

/** Runs the work of a command and keeps its exit code. */
export type Runner = (work: () => Promise<ExitCode>) => Promise<void>;

import type { Clock } from '#core/clock.ts';
import type { Random } from '#core/random.ts';
import type { Database } from '#storage/database.ts';
import type { AdmissionLimits } from './admission/admission.ts';
import type { CallLimits } from './admission/calls.ts';
import type { JournalStore } from './journal-store.ts';
import type { MockedStates } from './mocks.ts';
import type { Revisions } from './revisions.ts';
import type { RunListeners } from './runs.ts';
import type { EngineFunction, ServiceOptions } from './task-services.ts';

/** Settings of an `EmbeddedEngine`. */
export interface EmbeddedEngineOptions extends ServiceOptions, RunListeners {
  /** Where machines, executions and journals are kept: a SQLite file, or another store. */
  readonly database: Database | JournalStore;
  /** Functions by the token that names them in definitions, such as `CommandFunctionArn`. */
  readonly functions: Readonly<Record<string, EngineFunction>>;
  /** Machines by the token that names them in definitions, such as `UnwindStateMachineArn`. */
  readonly machines?: Readonly<Record<string, string>>;
  /** Machines that change. Default: none. */
  readonly revisions?: Revisions;
  /** Answers of tasks that are mocked; the others call what they name. */
  readonly mocks?: MockedStates;
  readonly clock?: Clock;
  readonly random?: Random;
  /** Defaults are the quotas of Step Functions. */
  readonly limits?: { readonly payloadBytes?: number; readonly historyEvents?: number };
  /** How much is taken on at once. */
  readonly admission?: AdmissionLimits;
  /** How functions are called. */
  readonly calls?: CallLimits;
  /** With what task tokens are signed. Default: the secret of the store, which nobody can guess. */
  readonly secret?: Buffer | undefined;
}

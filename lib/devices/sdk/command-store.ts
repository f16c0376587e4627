import type { JsonObject } from '#core/json.ts';
import type { AnswerMessage } from '../messages.ts';

/** What a device remembers of the commands that it has seen. */
export interface RememberedCommands {
  /** Ids of those that were begun, and of whose end nothing is on record. */
  readonly begun: readonly string[];
  /** How the others ended, the oldest first. */
  readonly answers: readonly AnswerMessage[];
  /** The state that all answers, also those that are forgotten by now, have reported. */
  readonly reported: JsonObject;
}

/**
 * Where a device keeps which commands it has done, so that it does none of them twice, also over a restart. What a promise of it
 * resolves for is kept.
 */
export interface CommandStore {
  /** What is kept. Called before the first command is carried out. */
  load(): Promise<RememberedCommands>;
  /** A command is about to be carried out. */
  begin(id: string): Promise<void>;
  /** A command has ended so. */
  end(answer: AnswerMessage): Promise<void>;
}

/** How many ended commands are remembered at least, so that one that comes again is answered and not done again. */
export const REMEMBERED = 1_000;

/** The state that an answer reports. */
export function reportedIn(answer: AnswerMessage): JsonObject {
  return 'reported' in answer ? (answer.reported ?? {}) : {};
}

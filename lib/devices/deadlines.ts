/**
 * Wakes us when a command may be overdue. On AWS an SQS message with a delay, embedded a timer that recovery sets
 * again from the open commands. A wake-up may come late or twice; it decides nothing by itself.
 */
export interface Deadlines {
  /** Asks for `expireCommand` to be called for this command at `dueAt` (ms since the epoch) or soon after. */
  schedule(commandId: string, dueAt: number): Promise<void>;
}

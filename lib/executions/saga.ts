import { type Command, IN_FLIGHT } from '#devices/command.ts';

/** Whether a command took effect and can be undone, and that has neither been done nor given up. */
export function isToBeUndone(command: Command): boolean {
  return (
    command.status === 'SUCCEEDED' &&
    command.compensate !== undefined &&
    command.undoneAt === undefined &&
    command.undoError === undefined
  );
}

/** Whether a command that can be undone may have left its effect: what it did is unknown, or its undo failed. */
export function isLeftBehind(command: Command): boolean {
  if (command.compensate === undefined || command.undoneAt !== undefined) return false;
  return command.status === 'TIMED_OUT' || command.undoError !== undefined;
}

/** Whether a command that can be undone has taken effect, may have, or may yet. */
export function mayHaveTakenEffect({ compensate, status }: Command): boolean {
  if (compensate === undefined) return false;
  return status === 'SUCCEEDED' || status === 'TIMED_OUT' || IN_FLIGHT.includes(status);
}

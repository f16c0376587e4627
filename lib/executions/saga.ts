import { type Command, IN_FLIGHT } from '#devices/command.ts';

/** Whether a command was sent, and nobody knows what came of it. */
export function isUnknown({ status, tookEffect }: Command): boolean {
  return status === 'TIMED_OUT' && tookEffect === undefined;
}

/** Whether a command took effect, as its device said, or as was found out later. */
export function hasTakenEffect({ status, tookEffect }: Command): boolean {
  return status === 'SUCCEEDED' || (status === 'TIMED_OUT' && tookEffect === true);
}

/** Whether a command took effect and can be undone, and that has neither been done nor given up in this round. */
export function isToBeUndone(command: Command, round = 0): boolean {
  const { compensate, undoneAt } = command;
  const isLeft = compensate !== undefined && undoneAt === undefined && hasTakenEffect(command);
  return isLeft && !isGivenUp(command, round);
}

/** Whether it is unknown what came of a command, its device can be asked, and that has not been given up in this round. */
export function isToBeAsked(command: Command, round = 0): boolean {
  const { compensate, isPivot, verify } = command;
  const isOfInterest = compensate !== undefined || isPivot === true;
  return isOfInterest && verify !== undefined && isUnknown(command) && !isGivenUp(command, round);
}

function isGivenUp({ undoError, undoRound = 0 }: Command, round: number): boolean {
  return undoError !== undefined && undoRound >= round;
}

/** Whether what a command did that can be undone is there, or may be. */
export function isLeftBehind(command: Command): boolean {
  const { compensate, undoneAt } = command;
  if (compensate === undefined || undoneAt !== undefined) return false;
  return hasTakenEffect(command) || isUnknown(command);
}

/** Whether a command that can be undone has taken effect, may have, or may yet. */
export function mayHaveTakenEffect(command: Command): boolean {
  if (command.compensate === undefined) return false;
  return hasTakenEffect(command) || isUnknown(command) || IN_FLIGHT.includes(command.status);
}

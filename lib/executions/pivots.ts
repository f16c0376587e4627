import type { CompiledStep } from '#compiler/compiled-workflow.ts';
import { type Command, OPEN } from '#devices/command.ts';
import { precedenceOf } from './precedence.ts';
import { hasTakenEffect, isUnknown } from './saga.ts';

/**
 * The commands that are kept because a point of no return after them has been passed, each with the command that it was. One of
 * which it is unknown is taken to have been passed: to undo what it built on would be worse than to keep it.
 *
 * @param mayBeAsked those that are not decided yet, since their devices can be asked.
 */
export function keptByPivots(
  steps: readonly CompiledStep[],
  commands: readonly Command[],
  mayBeAsked: (pivot: Command) => boolean = () => false,
): ReadonlyMap<string, Command> {
  const passed = commands.filter(
    (command) =>
      command.isPivot === true &&
      (hasTakenEffect(command) || (isUnknown(command) && !mayBeAsked(command))) &&
      !OPEN.includes(command.status),
  );
  if (passed.length === 0) return new Map();
  const isBefore = precedenceOf(steps);
  return new Map(
    commands.flatMap((command) => {
      if (command.compensate === undefined) return [];
      const pivot = passed.find(({ path = '' }) => isBefore(command.path ?? '', path));
      return pivot === undefined ? [] : [[command.id, pivot] as const];
    }),
  );
}

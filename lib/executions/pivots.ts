import type { CompiledStep } from '#compiler/compiled-workflow.ts';
import { type Command, OPEN } from '#devices/command.ts';
import { precedenceOf } from './precedence.ts';
import { hasTakenEffect, isUnknown } from './saga.ts';

/**
 * The steps, by path, of which all is kept because a point of no return after them has been passed, each with the command that it
 * was. One of which it is unknown is taken to have been passed: to undo what it built on would be worse than to keep it.
 *
 * @param mayBeAsked which are not decided yet, since their devices can be asked.
 */
export function keptByPivots(
  steps: readonly CompiledStep[],
  commands: readonly Command[],
  {
    mayBeAsked = () => false,
    calls = [],
  }: {
    readonly mayBeAsked?: (pivot: Command) => boolean;
    /** What else steps have done: workflows and services that they have called. */
    readonly calls?: readonly { readonly path: string }[];
  } = {},
): ReadonlyMap<string, Command> {
  const passed = commands.filter(
    (command) =>
      command.isPivot === true &&
      (hasTakenEffect(command) || (isUnknown(command) && !mayBeAsked(command))) &&
      !OPEN.includes(command.status),
  );
  if (passed.length === 0) return new Map();
  const isBefore = precedenceOf(steps);
  const pivotOf = (path: string): Command | undefined =>
    passed.find((pivot) => isBefore(path, pivot.path ?? ''));
  const paths = new Set([...commands, ...calls].map(({ path = '' }) => path));
  return new Map(
    [...paths].flatMap((path) => {
      const pivot = pivotOf(path);
      return pivot === undefined ? [] : [[path, pivot] as const];
    }),
  );
}

import { StepwrightError } from '#core/error.ts';
import { commandKey, executionKeys, openCommandKeys } from '#table/keys.ts';
import { queryAll, type Table } from '#table/table.ts';
import { type Command, fromCommandItem } from './command.ts';

/** The command with an id, or undefined. */
export async function findCommand(table: Table, id: string): Promise<Command | undefined> {
  const item = await table.get(commandKey(id));
  return item === undefined ? undefined : fromCommandItem(item);
}

/** The command with an id. Throws SW4042. */
export async function getCommand(table: Table, id: string): Promise<Command> {
  const command = await findCommand(table, id);
  if (command !== undefined) return command;
  throw new StepwrightError({ code: 'SW4042', kind: 'not-found', message: `there is no command "${id}"` });
}

/** Every command that an execution has issued, undo commands included; strongly consistent. */
export async function commandsOf(table: Table, execution: string): Promise<Command[]> {
  const found: Command[] = [];
  const query = {
    partition: executionKeys.partition(execution),
    prefix: executionKeys.commandPrefix,
    limit: 1_000,
  };
  for await (const item of queryAll(table, query)) found.push(fromCommandItem(item));
  return found;
}

/** Whether a command belongs to an iteration, by its path such as `rollout[3]`; all belong to ''. */
export function isUnder({ path = '' }: Pick<Command, 'path'>, scope: string): boolean {
  return scope === '' || path.startsWith(`${scope}.`);
}

/** Every command that has not ended. For recovery, not for any user's request. */
export async function* openCommands(table: Table): AsyncGenerator<Command> {
  for (const partition of openCommandKeys.partitions) {
    for await (const item of queryAll(table, { index: 'gsi2', partition, limit: 1_000 }))
      yield fromCommandItem(item);
  }
}

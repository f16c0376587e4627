import { findServer, type ServerArguments } from '../find-server.ts';
import type { ExitCode } from '../print-fault.ts';
import { printJson, type Terminal } from '../terminal.ts';
import { hanging } from '../text-layout.ts';
import { minuteOf } from './print-words.ts';
import { readReference, resolveReference } from './reference.ts';

/** `stepwright workflows show`: a published version, with the text that was published. */
export async function showCommand(
  reference: string,
  args: ServerArguments,
  terminal: Terminal,
): Promise<ExitCode> {
  const found = await resolveReference(findServer(args, process.env), readReference(reference));
  if (terminal.json) {
    printJson(terminal, found);
    return 0;
  }
  const { paint, columns, print, note } = terminal;
  const { name, version, machine, publishedAt, deprecated, source } = found;
  note(paint.bold(`${name} ${version}`));
  note(`published ${minuteOf(publishedAt)} UTC, run by the machine ${machine}`);
  if (deprecated !== undefined) note(paint.yellow(hanging('deprecated: ', deprecated, columns)));
  print(source.trimEnd());
  return 0;
}

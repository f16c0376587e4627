import { verifyArchive } from '#archive/read/verify.ts';
import { bytesWords, countWords } from '../executions/print-words.ts';
import type { ExitCode } from '../print-fault.ts';
import { printJson, type Terminal } from '../terminal.ts';
import { hanging } from '../text-layout.ts';
import { type ArchiveArguments, findArchive } from './find-archive.ts';

const TOLD_EACH = 100;

/** `stepwright archive verify`: whether every part is as it was written. */
export async function verifyCommand(args: ArchiveArguments, terminal: Terminal): Promise<ExitCode> {
  const store = await findArchive(args, process.env);
  let looked = 0;
  const verified = await verifyArchive(store, () => {
    if (++looked % TOLD_EACH === 0) terminal.note(`${countWords(looked, 'part')} read`);
  });
  const { parts, lines, bytes, damaged, leftovers } = verified;
  if (terminal.json) printJson(terminal, { archive: store.place, ...verified });
  else {
    const { paint, columns } = terminal;
    for (const { problem } of damaged) terminal.print(hanging(`${paint.red('✖')} `, problem, columns));
    if (leftovers.length > 0)
      terminal.print(
        hanging(
          '· ',
          `${countWords(leftovers.length, 'part')} without a manifest, which a crash has left: what is in them is in another part, or was not deleted`,
          columns,
        ),
      );
    const good = parts - damaged.length;
    const sign = damaged.length === 0 ? paint.green('✔') : paint.red('✖');
    terminal.print(
      `${sign} ${good} of ${countWords(parts, 'part')} as written: ${countWords(lines, 'record')}, ${bytesWords(bytes)}`,
    );
  }
  return damaged.length === 0 ? 0 : 1;
}

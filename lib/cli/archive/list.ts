import { ARCHIVE_NAMES, type ArchiveKind } from '#archive/archive-kinds.ts';
import { type ArchivePeriod, manifestsOf } from '#archive/read/manifests.ts';
import { bytesWords } from '../executions/print-words.ts';
import type { ExitCode } from '../print-fault.ts';
import { type Column, tableLines } from '../print-table.ts';
import { printJson, type Terminal } from '../terminal.ts';
import { tableStyle } from '../workflows/print-words.ts';
import { type ArchiveArguments, findArchive } from './find-archive.ts';

/** What `stepwright archive list` was called with. */
export interface ListArguments extends ArchiveArguments, ArchivePeriod {
  readonly kind?: ArchiveKind;
}

/** What there is of a kind, of a day. */
interface Day {
  readonly kind: ArchiveKind;
  readonly day: string;
  readonly parts: number;
  readonly records: number;
  readonly bytes: number;
  readonly textBytes: number;
}

/** `stepwright archive list`: what there is, by kind and day. */
export async function listCommand({ kind, ...args }: ListArguments, terminal: Terminal): Promise<ExitCode> {
  const store = await findArchive(args, process.env);
  const days: Day[] = [];
  for (const each of kind === undefined ? ARCHIVE_NAMES : [kind]) {
    for await (const { day, lines, bytes, textBytes } of manifestsOf(store, each, args)) {
      const last = days.at(-1);
      const sum = last?.kind === each && last.day === day ? days.pop() : undefined;
      days.push({
        ...{ kind: each, day, parts: (sum?.parts ?? 0) + 1, records: (sum?.records ?? 0) + lines },
        ...{ bytes: (sum?.bytes ?? 0) + bytes, textBytes: (sum?.textBytes ?? 0) + textBytes },
      });
    }
  }
  if (terminal.json) printJson(terminal, { archive: store.place, days });
  else if (days.length === 0) terminal.print(`nothing of this is in ${store.place}`);
  else terminal.print(tableLines(days, COLUMNS, tableStyle(terminal)).join('\n'));
  return 0;
}

const COLUMNS: readonly Column<Day>[] = [
  { title: 'KIND', text: ({ kind }) => kind },
  { title: 'DAY', text: ({ day }) => day },
  { title: 'RECORDS', text: ({ records }) => records.toLocaleString('en') },
  { title: 'PARTS', text: ({ parts }) => String(parts) },
  { title: 'SIZE', text: ({ bytes }) => bytesWords(bytes) },
  { title: 'UNPACKED', text: ({ textBytes }) => bytesWords(textBytes) },
];

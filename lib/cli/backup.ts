import { backUp, type CopyOptions, type CopyReport, restore } from '#embedded/backup.ts';
import type { ExitCode } from './print-fault.ts';
import { printJson, type Terminal } from './terminal.ts';

/** What `stepwright backup` and `stepwright restore` were called with. */
export interface BackupArguments {
  readonly file: string;
  /** Data directory. */
  readonly data: string;
}

/** `stepwright backup`: what a data directory holds at this instant, as one file; the server may go on. */
export async function backupCommand(args: BackupArguments, terminal: Terminal): Promise<ExitCode> {
  const report = await backUp({ ...args, onProgress: progressOn(terminal) });
  tell(terminal, report, `${sizeOf(report)} in ${report.file}`);
  return 0;
}

/** `stepwright restore`: makes a data directory of a backup. */
export async function restoreCommand(args: BackupArguments, terminal: Terminal): Promise<ExitCode> {
  const report = await restore({ ...args, onProgress: progressOn(terminal) });
  tell(
    terminal,
    report,
    `${sizeOf(report)} in ${report.file}; "stepwright start --data ${args.data}" goes on from there`,
  );
  return 0;
}

function tell(terminal: Terminal, report: CopyReport, text: string): void {
  if (terminal.json) printJson(terminal, report);
  else terminal.print(text);
}

/** Tells of each tenth of the way. */
function progressOn(terminal: Terminal): CopyOptions['onProgress'] {
  let told = 0;
  return ({ pages, totalPages }) => {
    const percent = Math.floor((pages / Math.max(1, totalPages)) * 10) * 10;
    if (percent > told) terminal.note(`${percent} %`);
    told = Math.max(told, percent);
  };
}

const KIB = 1_024;

function sizeOf({ bytes }: CopyReport): string {
  return bytes < KIB * KIB ? `${Math.ceil(bytes / KIB)} KiB` : `${(bytes / KIB / KIB).toFixed(1)} MiB`;
}

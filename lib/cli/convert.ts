import { extname } from 'node:path';
import { convertSource, type Format, formatOf } from '#definition/convert/convert.ts';
import { loadSource } from '#definition/load.ts';
import { AlreadyTold } from './already-told.ts';
import { decisionsOfDmn, dmnOfDecision } from './convert-dmn.ts';
import type { ExitCode } from './print-fault.ts';
import { refuseErrors } from './refuse-errors.ts';
import { printJson, type Terminal } from './terminal.ts';
import { writeWhole } from './write-whole.ts';

/** What `stepwright convert` was called with. */
export interface ConvertArguments {
  readonly file: string;
  /** Default: the format of `out` by its name, else the one that the file is not in. */
  readonly to?: Format | 'dmn';
  /** File to write; default stdout. */
  readonly out?: string;
}

/** `stepwright convert`: a file in YAML as JSON, or the other way round, comments kept; DMN as decision files, and back. */
export async function convertCommand(args: ConvertArguments, terminal: Terminal): Promise<ExitCode> {
  if (extname(args.file) === '.dmn') return decisionsOfDmn(args, terminal);
  const target = args.to ?? formatOfName(args.out);
  if (target === 'dmn') return dmnOfDecision(args, terminal);
  const source = loadSource(args.file);
  refuseErrors(source.diagnostics, [source], terminal);
  const to = target ?? (formatOf(source.text) === 'json' ? 'yaml' : 'json');
  const converted = convertSource(source, to);
  if (converted === undefined) throw new AlreadyTold(`${args.file} does not parse`);
  const { text, aliases } = converted;
  if (aliases > 0) terminal.note(`JSON has no aliases: ${aliases} written out`);
  if (args.out !== undefined) writeWhole(args.out, text);
  if (terminal.json)
    printJson(terminal, { format: to, aliases, ...(args.out === undefined ? { text } : { file: args.out }) });
  else if (args.out === undefined) terminal.print(text.trimEnd());
  return 0;
}

function formatOfName(file: string | undefined): Format | 'dmn' | undefined {
  const extension = file === undefined ? '' : extname(file);
  if (['.json', '.jsonc'].includes(extension)) return 'json';
  if (extension === '.dmn') return 'dmn';
  return ['.yaml', '.yml'].includes(extension) ? 'yaml' : undefined;
}

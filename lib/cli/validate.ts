import { hasErrors } from '#core/diagnostic.ts';
import { loadProject } from '#definition/load.ts';
import { examineProject } from './examine-project.ts';
import { filesOf } from './load.ts';
import { formatDiagnostics, summarise } from './print-diagnostics.ts';
import type { ExitCode } from './print-fault.ts';
import { printJson, type Terminal } from './terminal.ts';

/** `stepwright validate`: tells all that is wrong, of all paths at once. */
export async function validateCommand(paths: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const projects = paths.map(loadProject);
  const found = projects.flatMap((files) => examineProject(files).diagnostics);
  const diagnostics = [...new Map(found.map((one) => [JSON.stringify(one), one])).values()];
  const files = new Map(projects.flatMap(filesOf).map((source) => [source.file, source.text]));
  if (terminal.json) printJson(terminal, { diagnostics });
  else {
    const { paint, columns } = terminal;
    if (diagnostics.length > 0)
      terminal.print(`${formatDiagnostics(diagnostics, files, { paint, columns })}\n`);
    terminal.print(summarise(diagnostics, files.size));
  }
  return hasErrors(diagnostics) ? 2 : 0;
}

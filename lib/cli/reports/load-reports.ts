import { type ReportText, readReportText } from '#api/reports.ts';
import { StepwrightError } from '#core/error.ts';
import type { ListedDocument } from '#definition/document-kind.ts';
import { loadProject } from '#definition/load.ts';
import { examineProject } from '../examine-project.ts';
import { filesOf } from '../load.ts';
import { refuseErrors } from '../refuse-errors.ts';
import type { Terminal } from '../terminal.ts';

/** The reports among the files of a project, which has no errors. */
export function reportTextsIn(documents: readonly ListedDocument[]): readonly ReportText[] {
  return documents.flatMap(({ kind, source }) => (kind === 'report' ? [readReportText(source)] : []));
}

/** The reports of a file or a project that has no errors. Throws SW1007. */
export function loadReports(path: string, terminal: Terminal): readonly ReportText[] {
  const files = loadProject(path);
  refuseErrors(examineProject(files).diagnostics, filesOf(files), terminal);
  const found = reportTextsIn(files.documents);
  if (found.length > 0) return found;
  throw new StepwrightError({
    code: 'SW1007',
    kind: 'invalid',
    message: `${path} has no reports`,
    hint: 'name a file of a report, or a project with a folder "reports"',
  });
}

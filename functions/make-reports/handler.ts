import { logger } from '../observability.ts';
import { connectPorts } from '../ports.ts';
import { connectReportFiles } from '../report-files.ts';
import { lambdaHandler } from '../shell.ts';
import { createMakeReports } from './make-reports.ts';

const makeReports = createMakeReports({
  ...connectPorts(),
  files: connectReportFiles(),
  onDefect: (error) => logger.error('a report could not be made', { error }),
});

export const handler = lambdaHandler(makeReports);

import type { ReportFile } from '#definition/report/report.ts';
import { readAlerts } from './alerts.ts';
import { readCommands } from './commands.ts';
import { readDecisions } from './decisions.ts';
import { readDevices } from './devices.ts';
import { readExecutions } from './executions.ts';
import type { ReadSource } from './source-ports.ts';
import { readSteps } from './steps.ts';

/** By the name of a source, what reads its records. */
export const READ_SOURCE: Readonly<Record<ReportFile['source'], ReadSource>> = {
  executions: readExecutions,
  steps: readSteps,
  commands: readCommands,
  devices: readDevices,
  decisions: readDecisions,
  alerts: readAlerts,
};

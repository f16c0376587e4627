import { DecisionAnalyticsSchema, RouteAnalyticsSchema } from '#api/analytics-documents.ts';
import { callApi } from '../api-client.ts';
import type { PeriodArguments } from '../export/export-arguments.ts';
import { findServer } from '../find-server.ts';
import type { ExitCode } from '../print-fault.ts';
import { printJson, type Terminal } from '../terminal.ts';
import { decisionLines } from './print-decisions.ts';
import { routeAnalyticsLines } from './print-routes.ts';

/** `stepwright decisions analytics`: what came of decisions. */
export async function decisionAnalyticsCommand(
  { name, ...args }: PeriodArguments & { readonly name: string },
  terminal: Terminal,
): Promise<ExitCode> {
  const path = ['decisions', name, 'analytics'];
  const call = { method: 'GET', path, query: periodOf(args), answer: DecisionAnalyticsSchema } as const;
  const { document } = await callApi(findServer(args, process.env), call);
  if (terminal.json) printJson(terminal, document);
  else terminal.print(decisionLines(document, terminal).join('\n'));
  return 0;
}

/** `stepwright routes analytics`: what came of the choices of devices for the steps of a workflow. */
export async function routeAnalyticsCommand(
  { workflow, ...args }: PeriodArguments & { readonly workflow: string },
  terminal: Terminal,
): Promise<ExitCode> {
  const path = ['workflows', workflow, 'routes', 'analytics'];
  const call = { method: 'GET', path, query: periodOf(args), answer: RouteAnalyticsSchema } as const;
  const { document } = await callApi(findServer(args, process.env), call);
  if (terminal.json) printJson(terminal, document);
  else terminal.print(routeAnalyticsLines(document, terminal).join('\n'));
  return 0;
}

function periodOf({ from, to }: PeriodArguments): Readonly<Record<string, string>> {
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}

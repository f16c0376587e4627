import type { z } from 'zod';
import {
  BottlenecksSchema,
  CapacitySchema,
  CostTrendSchema,
  OutliersSchema,
  OverviewSchema,
  TrendSchema,
  UsagePatternsSchema,
} from '#api/figure-documents.ts';
import { callApi } from '../api-client.ts';
import type { PeriodArguments } from '../export/export-arguments.ts';
import { findServer, type ServerArguments } from '../find-server.ts';
import type { ExitCode } from '../print-fault.ts';
import { printJson, type Terminal } from '../terminal.ts';
import { bottleneckLines, outlierLines } from './print-causes.ts';
import { capacityLines, costLines } from './print-outlook.ts';
import { overviewLines, trendLines } from './print-trend.ts';
import { usageLines } from './print-usage.ts';

/** What `stepwright analytics trend` was called with. */
export interface TrendArguments extends PeriodArguments {
  readonly measure: string;
  readonly by: string;
  readonly workflow?: string;
  readonly dimension?: string;
  readonly value?: string;
}

/** What `stepwright analytics usage` was called with. */
export interface UsageArguments extends PeriodArguments {
  readonly timeZone?: string;
}

/** What `stepwright analytics bottlenecks` was called with. */
export interface BottleneckArguments extends PeriodArguments {
  readonly by: string;
  readonly workflow?: string;
}

/** What `stepwright analytics outliers` was called with. */
export interface OutlierArguments extends PeriodArguments {
  readonly workflow: string;
  readonly slow?: true;
}

/** What `stepwright analytics forecast` was called with. */
export interface ForecastArguments extends ServerArguments {
  readonly days: number;
  readonly pool?: string;
  readonly limit?: number;
}

/** `stepwright analytics overview`. */
export function overviewCommand(args: PeriodArguments, terminal: Terminal): Promise<ExitCode> {
  const query = { from: args.from, to: args.to };
  return tell(args, terminal, {
    ...{ path: ['analytics', 'overview'], query, answer: OverviewSchema, lines: overviewLines },
  });
}

/** `stepwright analytics trend`. */
export function trendCommand(args: TrendArguments, terminal: Terminal): Promise<ExitCode> {
  const { measure, by, workflow, from, to } = args;
  const dimension = args.dimension ?? (workflow === undefined ? undefined : 'workflow');
  const query = { measure, by, dimension, value: args.value ?? workflow, from, to };
  return tell(args, terminal, {
    ...{ path: ['analytics', 'trend'], query, answer: TrendSchema, lines: trendLines },
  });
}

/** `stepwright analytics usage`. */
export function usageCommand(args: UsageArguments, terminal: Terminal): Promise<ExitCode> {
  const timeZone = args.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const query = { from: args.from, to: args.to, timeZone };
  return tell(args, terminal, {
    ...{ path: ['analytics', 'usage'], query, answer: UsagePatternsSchema, lines: usageLines },
  });
}

/** `stepwright analytics bottlenecks`. */
export function bottlenecksCommand(args: BottleneckArguments, terminal: Terminal): Promise<ExitCode> {
  const { by, workflow, from, to } = args;
  return tell(args, terminal, {
    ...{ path: ['analytics', 'bottlenecks'], query: { by, workflow, from, to } },
    ...{ answer: BottlenecksSchema, lines: bottleneckLines },
  });
}

/** `stepwright analytics outliers`. */
export function outliersCommand(args: OutlierArguments, terminal: Terminal): Promise<ExitCode> {
  const { workflow, slow, from, to } = args;
  return tell(args, terminal, {
    ...{ path: ['workflows', workflow, 'outliers'], query: { of: slow ? 'slow' : 'failed', from, to } },
    ...{ answer: OutliersSchema, lines: outlierLines },
  });
}

/** `stepwright analytics cost`. */
export function costCommand(
  args: ServerArguments & { readonly days: number },
  terminal: Terminal,
): Promise<ExitCode> {
  return tell(args, terminal, {
    ...{ path: ['analytics', 'cost'], query: { days: args.days } },
    ...{ answer: CostTrendSchema, lines: costLines },
  });
}

/** `stepwright analytics forecast`. */
export function forecastCommand(args: ForecastArguments, terminal: Terminal): Promise<ExitCode> {
  const { days, pool, limit } = args;
  return tell(args, terminal, {
    ...{ path: ['analytics', 'forecast'], query: { days, pool, limit } },
    ...{ answer: CapacitySchema, lines: capacityLines },
  });
}

interface Asked<Answer extends z.ZodType> {
  readonly path: readonly string[];
  readonly query: Readonly<Record<string, string | number | undefined>>;
  readonly answer: Answer;
  lines(document: z.output<Answer>, terminal: Terminal): readonly string[];
}

async function tell<Answer extends z.ZodType>(
  args: ServerArguments,
  terminal: Terminal,
  { path, query, answer, lines }: Asked<Answer>,
): Promise<ExitCode> {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as const],
  );
  const call = { method: 'GET', path, query: Object.fromEntries(given), answer } as const;
  const { document } = await callApi(findServer(args, process.env), call);
  if (terminal.json) printJson(terminal, document);
  else terminal.print(lines(document, terminal).join('\n'));
  return 0;
}

import type { Quantiles } from '#analytics/tally.ts';
import type { Column } from '../print-table.ts';

/** A summary as an answer of the API has it. */
interface SummaryDocument {
  readonly hits: number;
  readonly ended: number;
  readonly successRate?: number | undefined;
  readonly latencyMs?: Quantiles | undefined;
}

/** The columns of what came of a group. */
export function summaryColumns<Row extends SummaryDocument>(): readonly Column<Row>[] {
  return [
    { title: 'HITS', text: ({ hits }) => String(hits) },
    { title: 'ENDED', text: ({ ended }) => String(ended) },
    { title: 'WELL', text: ({ successRate }) => percentOf(successRate) },
    { title: 'P50', text: ({ latencyMs }) => msOf(latencyMs?.p50) },
    { title: 'P90', text: ({ latencyMs }) => msOf(latencyMs?.p90) },
    { title: 'P99', text: ({ latencyMs }) => msOf(latencyMs?.p99) },
  ];
}

/** `66.7 %`. */
export function percentOf(share: number | undefined): string {
  return share === undefined ? '–' : `${(share * 100).toFixed(1)} %`;
}

/** `0.021 ms`, `210 ms`, `4.1 s`. */
export function msOf(ms: number | undefined): string {
  if (ms === undefined) return '–';
  if (ms >= 1_000) return `${(ms / 1_000).toFixed(1)} s`;
  return `${ms < 10 ? Number(ms.toPrecision(2)) : Math.round(ms)} ms`;
}

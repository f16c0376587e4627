import type { z } from 'zod';
import type { RouteAnalyticsSchema } from '#api/analytics-documents.ts';
import { type Column, tableLines } from '../print-table.ts';
import type { Terminal } from '../terminal.ts';
import { count, hanging } from '../text-layout.ts';
import { tableStyle } from '../workflows/print-words.ts';
import { periodLine, regretLine } from './print-words.ts';
import { percentOf, summaryColumns } from './summary-columns.ts';

type RouteAnalyticsDocument = z.output<typeof RouteAnalyticsSchema>;
type Named = RouteAnalyticsDocument['all'] & { readonly name: string };

/** What came of the choices of devices, for people. */
export function routeAnalyticsLines(
  analytics: RouteAnalyticsDocument,
  terminal: Terminal,
): readonly string[] {
  const { workflow, all, routes, strategies, devices, moreDevices } = analytics;
  const told = routes.map((each) => ({ ...each, name: each.route.slice(workflow.length + 1) }));
  return [
    terminal.paint.bold(workflow),
    periodLine(analytics),
    `${count(all.hits, 'choice')}, ${percentOf(all.successRate)} of ${all.ended} that ended went well`,
    ...groupLines('STEP', told, terminal),
    ...told.flatMap(({ name, fallbacks, probes, regret }) => {
      const words = [
        ...(fallbacks > 0 ? [`${count(fallbacks, 'choice')} by fallback`] : []),
        ...(probes > 0 ? [count(probes, 'probe')] : []),
        ...(regret === undefined ? [] : [`regret ${regretLine(regret)}`]),
      ];
      return words.length === 0 ? [] : [hanging(`${name}: `, words.join('; '), terminal.columns)];
    }),
    ...groupLines(
      'STRATEGY',
      strategies.map((each) => ({ ...each, name: each.strategy })),
      terminal,
    ),
    ...groupLines(
      'DEVICE',
      devices.map((each) => ({ ...each, name: each.device })),
      terminal,
    ),
    ...(moreDevices > 0 ? [`and ${count(moreDevices, 'more device')}`] : []),
  ];
}

function groupLines(title: string, groups: readonly Named[], terminal: Terminal): readonly string[] {
  if (groups.length === 0) return [];
  const name: Column<Named> = { title, text: (row) => row.name };
  return ['', ...tableLines(groups, [name, ...summaryColumns()], tableStyle(terminal))];
}

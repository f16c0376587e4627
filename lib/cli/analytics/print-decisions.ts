import type { z } from 'zod';
import type { DecisionAnalyticsSchema } from '#api/analytics-documents.ts';
import { type Column, tableLines } from '../print-table.ts';
import type { Terminal } from '../terminal.ts';
import { count, hanging } from '../text-layout.ts';
import { tableStyle } from '../workflows/print-words.ts';
import { periodLine, regretLine } from './print-words.ts';
import { percentOf, summaryColumns } from './summary-columns.ts';

type DecisionAnalyticsDocument = z.output<typeof DecisionAnalyticsSchema>;
type VersionRow = DecisionAnalyticsDocument['versions'][number];
type RuleRow = DecisionAnalyticsDocument['rules'][number];

/** What came of decisions, for people. */
export function decisionLines(analytics: DecisionAnalyticsDocument, terminal: Terminal): readonly string[] {
  const { decision, all, failed, regret } = analytics;
  return [
    terminal.paint.bold(decision),
    periodLine(analytics),
    `${count(all.hits, 'decision')}, ${percentOf(all.successRate)} of ${all.ended} that ended went well${failed === 0 ? '' : `, ${failed} failed`}`,
    ...section(versionLines(analytics, terminal)),
    ...section(ruleLines(analytics, terminal)),
    ...section(splitLines(analytics)),
    ...section(shadowLines(analytics, terminal)),
    ...(regret === undefined ? [] : ['', hanging('regret  ', regretLine(regret), terminal.columns)]),
    ...section(driftLines(analytics, terminal)),
  ];
}

/** A part with a line before it; nothing where there is nothing to tell. */
function section(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', ...lines];
}

function versionLines({ versions }: DecisionAnalyticsDocument, terminal: Terminal): readonly string[] {
  if (versions.length === 0) return [];
  const version: Column<VersionRow> = { title: 'VERSION', text: (row) => row.version };
  return tableLines(versions, [version, ...summaryColumns()], tableStyle(terminal));
}

function ruleLines({ rules, neverHit }: DecisionAnalyticsDocument, terminal: Terminal): readonly string[] {
  const rule: Column<RuleRow> = { title: 'RULE', text: (row) => `${row.version} ${row.rule}` };
  const lines =
    rules.length === 0 ? [] : tableLines(rules, [rule, ...summaryColumns()], tableStyle(terminal));
  const never = neverHit.map(({ version, rules: names }) =>
    hanging(
      'never hit  ',
      `${version}: ${names.slice(0, MOST_NAMES).join(', ')}${names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : ''}`,
      terminal.columns,
    ),
  );
  return [...lines, ...never];
}

/** So many rules are named. */
const MOST_NAMES = 40;

function splitLines({ splits }: DecisionAnalyticsDocument): readonly string[] {
  return splits.flatMap(({ asked, canary, base, canarySummary, difference }) => [
    `canary     ${canary} beside ${asked}`,
    `  base     ${sideWords(base)}`,
    `  canary   ${sideWords(canarySummary)}`,
    ...(difference === undefined
      ? []
      : [
          `  differ   ${points(difference.successRate)} points, 95 % between ${points(difference.low)} and ${points(difference.high)}`,
        ]),
  ]);
}

function sideWords({ hits, successRate, ended }: DecisionAnalyticsDocument['all']): string {
  return `${count(hits, 'decision')}, ${percentOf(successRate)} of ${ended} went well`;
}

function points(share: number): string {
  return `${share < 0 ? '' : '+'}${(share * 100).toFixed(1)}`;
}

function shadowLines({ shadows }: DecisionAnalyticsDocument, { columns }: Terminal): readonly string[] {
  return shadows.flatMap(({ version, shadow, compared, differing, failed, examples }) => [
    `shadow     ${shadow} beside ${version}: ${differing} of ${compared} differ, ${failed} of them failed`,
    ...examples.map(({ features, chosen, shadow: said }) =>
      hanging(
        '  ',
        `${JSON.stringify(features)}: ${JSON.stringify(chosen ?? null)}, in the shadow ${JSON.stringify(said?.['error'] ?? said?.['chosen'] ?? null)}`,
        columns,
      ),
    ),
  ]);
}

function driftLines({ drift }: DecisionAnalyticsDocument, terminal: Terminal): readonly string[] {
  if (drift.length === 0) return [];
  return tableLines(
    drift,
    [
      { title: 'INPUT', text: ({ input }) => input },
      { title: 'PSI', text: ({ psi }) => psi.toFixed(3) },
      { title: 'SINCE THE PERIOD BEFORE', text: ({ verdict }) => verdict },
      { title: 'VALUES', text: ({ before, after }) => `${before}, ${after}` },
    ],
    tableStyle(terminal),
  );
}

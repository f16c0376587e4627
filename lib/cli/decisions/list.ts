import { formatDuration } from '#core/duration.ts';
import { findServer, type ServerArguments } from '../find-server.ts';
import type { ExitCode } from '../print-fault.ts';
import { type Column, tableLines } from '../print-table.ts';
import { printJson, type Terminal } from '../terminal.ts';
import { minuteOf, tableStyle } from '../workflows/print-words.ts';
import {
  type DecisionDocument,
  type DecisionVersionDocument,
  fetchDecision,
  fetchDecisions,
  fetchDecisionVersions,
} from './decision-calls.ts';

/** `stepwright decisions list`: every published decision, with its latest version. */
export async function listDecisionsCommand(args: ServerArguments, terminal: Terminal): Promise<ExitCode> {
  const decisions = await fetchDecisions(findServer(args, process.env));
  if (terminal.json) printJson(terminal, { decisions });
  else if (decisions.length === 0) terminal.print('no decision is published');
  else terminal.print(tableLines(decisions, DECISIONS, tableStyle(terminal)).join('\n'));
  return 0;
}

const DECISIONS: readonly Column<DecisionDocument>[] = [
  { title: 'DECISION', text: ({ name }) => name },
  { title: 'LATEST', text: ({ latest }) => latest },
  { title: 'PUBLISHED', text: ({ publishedAt }) => minuteOf(publishedAt) },
  { title: 'DESCRIPTION', text: ({ description = '' }) => description },
];

/** `stepwright decisions versions`: the versions of a decision, the highest first. */
export async function decisionVersionsCommand(
  name: string,
  args: ServerArguments,
  terminal: Terminal,
): Promise<ExitCode> {
  const versions = await fetchDecisionVersions(findServer(args, process.env), name);
  if (terminal.json) printJson(terminal, { name, versions });
  else terminal.print(tableLines(versions, VERSIONS, tableStyle(terminal)).join('\n'));
  return 0;
}

const VERSIONS: readonly Column<DecisionVersionDocument>[] = [
  { title: 'VERSION', text: ({ version }) => version },
  { title: 'PUBLISHED', text: ({ publishedAt }) => minuteOf(publishedAt) },
  { title: 'DESCRIPTION', text: ({ description = '' }) => description },
];

/** `stepwright decisions show`: a published version, with the text that was published. */
export async function showDecisionCommand(
  reference: string,
  args: ServerArguments,
  terminal: Terminal,
): Promise<ExitCode> {
  const [name = '', version = 'latest'] = reference.split('@');
  const found = await fetchDecision(findServer(args, process.env), name, version);
  if (terminal.json) {
    printJson(terminal, found);
    return 0;
  }
  const { paint, note, print } = terminal;
  note(paint.bold(`${found.name} ${found.version}`));
  note(`published ${minuteOf(found.publishedAt)} UTC`);
  if (found.cache !== undefined) for (const line of cacheLines(found.cache)) note(line);
  print(found.source.trimEnd());
  return 0;
}

type CacheCounts = NonNullable<Awaited<ReturnType<typeof fetchDecision>>['cache']>;

function cacheLines({ hits, misses, savedMs, shared }: CacheCounts): readonly string[] {
  const own = `answers: ${hits} found, ${misses} made, ${msText(savedMs)} saved, since this server runs`;
  return shared === undefined ? [own] : [own, ...sharedLines(shared)];
}

function sharedLines(shared: NonNullable<CacheCounts['shared']>): readonly string[] {
  const { hits, sharedHits, misses, savedMs, readMs, ageMs, oldestMs } = shared;
  const found = hits + sharedHits;
  const share = found + misses === 0 ? 0 : Math.round((found * 100) / (found + misses));
  const age = sharedHits === 0 ? '' : `, ${formatDuration(ageMs / sharedHits)} old on average`;
  const oldest = sharedHits === 0 ? '' : `, ${formatDuration(oldestMs)} at most`;
  return [
    `shared: ${found} found (${share} %), ${sharedHits} of them in the table${age}${oldest}; ${misses} made`,
    `        ${msText(savedMs)} saved, ${msText(readMs)} spent on looking in the table`,
    ...(found > 0 && readMs > savedMs
      ? ['        sharing costs more time than it saves: take `shared` out']
      : []),
  ];
}

function msText(ms: number): string {
  return `${ms < 100 ? ms.toFixed(1) : ms.toFixed(0)} ms`;
}

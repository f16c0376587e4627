import { secondOf } from '../executions/print-words.ts';
import { findServer, type ServerArguments } from '../find-server.ts';
import type { ExitCode } from '../print-fault.ts';
import { type Column, tableLines } from '../print-table.ts';
import { printJson, type Terminal } from '../terminal.ts';
import { hanging } from '../text-layout.ts';
import { tableStyle } from '../workflows/print-words.ts';
import { type DeviceDetail, fetchDevice } from './device-calls.ts';
import { pairsOf } from './list.ts';

/** `stepwright devices show`: what is registered of a device, what it reports, and how it does. */
export async function showCommand(id: string, args: ServerArguments, terminal: Terminal): Promise<ExitCode> {
  const device = await fetchDevice(findServer(args, process.env), id);
  if (terminal.json) printJson(terminal, device);
  else for (const line of deviceLines(device, terminal)) terminal.print(line);
  return 0;
}

const LABEL = 14;

function deviceLines(device: DeviceDetail, terminal: Terminal): readonly string[] {
  const { id, status, lastSeenAt, health } = device;
  const seen = lastSeenAt === undefined ? '' : `, last seen ${secondOf(lastSeenAt)} UTC`;
  const abilities = Object.entries(health.abilities).map(([name, ability]) => ({ name, ...ability }));
  return [
    `${terminal.paint.bold(id)}  ${status}${seen}`,
    ...factsOf(device).map(([title, text]) => hanging(title.padEnd(LABEL), text, terminal.columns)),
    ...(abilities.length === 0 ? [] : ['', ...tableLines(abilities, COLUMNS, tableStyle(terminal))]),
  ];
}

function factsOf({ type, zone, capabilities, tags, reported, health }: DeviceDetail) {
  const facts: readonly (readonly [string, string])[] = [
    ['type', type],
    ['zone', zone ?? ''],
    ['capabilities', pairsOf(capabilities)],
    ['tags', pairsOf(tags)],
    ['reported', Object.keys(reported).length === 0 ? '' : JSON.stringify(reported)],
    ['open commands', String(health.open)],
    ...Object.entries(health.abilities).map(
      ([name, ability]) => ['kept out', breakerWords(name, ability)] as const,
    ),
  ];
  return facts.filter(([, text]) => text !== '');
}

type Ability = DeviceDetail['health']['abilities'][string] & { readonly name: string };

const COLUMNS: readonly Column<Ability>[] = [
  { title: 'ABILITY', text: ({ name }) => name },
  { title: 'SUCCEEDED', text: ({ successes }) => successes.toFixed(1) },
  { title: 'FAILED', text: ({ failures }) => failures.toFixed(1) },
  { title: 'IN A ROW', text: ({ inARow }) => String(inARow) },
  { title: 'LATENCY', text: ({ latencyMs }) => (latencyMs === undefined ? '' : `${latencyMs} ms`) },
];

function breakerWords(name: string, { breaker }: DeviceDetail['health']['abilities'][string]): string {
  if (breaker === undefined) return '';
  const why = breaker.reason === 'outlier' ? 'in quarantine' : 'after failures';
  const until = breaker.state === 'open' ? ` until ${secondOf(breaker.until)} UTC` : '';
  const probe = breaker.state === 'probing' ? ` by ${breaker.probe ?? ''}` : '';
  return `of ${name} ${why}: ${breaker.state}${until}${probe}`;
}

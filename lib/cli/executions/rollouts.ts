import { findServer, type ServerArguments } from '../find-server.ts';
import type { ExitCode } from '../print-fault.ts';
import { printJson, type Terminal } from '../terminal.ts';
import { fetchRollouts, type RolloutsDocument } from './execution-calls.ts';
import { countWords, secondOf } from './print-words.ts';

/** `stepwright executions rollouts`: how rollouts were divided into waves and why, and what of them waits. */
export async function rolloutsCommand(
  id: string,
  args: ServerArguments,
  terminal: Terminal,
): Promise<ExitCode> {
  const document = await fetchRollouts(findServer(args, process.env), id);
  if (terminal.json) printJson(terminal, document);
  else for (const line of rolloutLines(document)) terminal.print(line);
  return 0;
}

/** What is told of rollouts, line by line. */
export function rolloutLines({ rollouts, waiting }: RolloutsDocument): readonly string[] {
  if (rollouts.length === 0 && waiting.length === 0)
    return ['no rollout has chosen its waves, and none waits'];
  return [...rollouts.flatMap(planLines), ...waiting.map(waitingLine)];
}

type Rollout = RolloutsDocument['rollouts'][number];

function planLines({ path, waves, canaries, skipped }: Rollout): readonly string[] {
  const sizes = waves.map(({ from, to }) => to - from);
  const all = sizes.reduce((sum, size) => sum + size, 0);
  return [
    `${path}: ${countWords(all, 'item')} in ${countWords(sizes.length, 'wave')} of ${sizes.join(', ')}`,
    ...canaries.flatMap(canaryLines),
    ...skipped.map(({ device, by }) => `  without ${device}: execution ${by} has claimed it`),
  ];
}

function canaryLines({ chosen, kinds, covered }: Rollout['canaries'][number]): readonly string[] {
  return [
    `  canaries for ${covered} of ${countWords(kinds, 'combination')}:`,
    ...chosen.map(({ device, covers, standsFor }) => {
      const news = covers.length === 0 ? 'nothing new alone' : covers.join(', ');
      return `    ${device} covers ${news}; stands for ${countWords(standsFor, 'item')}`;
    }),
  ];
}

const WAITS_FOR = {
  soak: 'its soak time, until',
  health: 'its health, looked at again',
  gate: 'somebody to resume it, looked at again',
  begin: 'its window or turn, until',
  join: 'devices that join, looked at again',
} as const;

function waitingLine(waiting: RolloutsDocument['waiting'][number]): string {
  return `${waiting.path} waits since ${secondOf(waiting.since)} for ${WAITS_FOR[waiting.for]} ${secondOf(waiting.until)}`;
}

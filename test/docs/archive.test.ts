import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { ARCHIVE_NAMES } from '#archive/archive-kinds.ts';
import {
  DEFAULT_TIMES,
  goingTimes,
  RETENTION_KINDS,
  RETENTION_NAMES,
  STEP_FUNCTIONS_KEEPS_MS,
} from '#archive/retention-times.ts';
import { FolderStore } from '#archive/stores/folder-store.ts';
import { createProgram } from '#cli/program.ts';
import { ArchiveBench, execution } from '#support/archive-bench.ts';
import { recordingTerminal } from '#support/recording-terminal.ts';
import { runProgram } from '#support/run-program.ts';

const DAY = 86_400_000;
const PAGE = readFileSync(join(import.meta.dirname, '../../docs/guide/archive.md'), 'utf8');

/** The words of a command, as a shell reads them. */
function words(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}

const LINES = [...PAGE.matchAll(/^npx stepwright (.+)$/gm)].map(([, args = '']) => words(args));

let folder = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stepwright-docs-'));
  const bench = new ArchiveBench();
  await bench.add(execution('01M8BRA2G2XT5YANWX36Z05TV1', 0.2), 2);
  await bench.round({ archive: new FolderStore(folder) }, { times: { ...DEFAULT_TIMES, executions: 1 } });
  vi.stubEnv('STEPWRIGHT_ARCHIVE', folder);
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

test.each(LINES.filter(([verb]) => verb === 'archive').map((args) => [args.join(' '), args] as const))(
  'stepwright %s does what the guide says',
  async (_line, args) => {
    const ran = await runProgram(args);
    expect(ran).toMatchObject({ exitCode: 0 });
    expect(ran.stdout + ran.stderr).not.toContain('error[');
  },
);

test('the ways to start that the guide shows are ways to start', () => {
  const program = createProgram(recordingTerminal(), async () => {});
  const start = program.commands.find((command) => command.name() === 'start');
  const parse = start?.options.find(({ long }) => long === '--retain')?.parseArg;
  const given = LINES.filter(([verb]) => verb === 'start').map(
    (args) => args[args.indexOf('--retain') + 1] ?? '',
  );
  expect(given).toHaveLength(2);
  for (const text of given) expect(parse?.(text, undefined)).toMatchObject({ executions: 30 * DAY });
});

test.each(RETENTION_NAMES)(
  'the guide tells how long %s are kept, and when they go into an archive',
  (kind) => {
    const row = PAGE.split('\n').find((line) => line.startsWith(`| \`${kind}\``)) ?? '';
    const [, , kept = '', longest = '', goes = ''] = row.split('|');
    expect(kept).toContain(`${DEFAULT_TIMES[kind] / DAY} days`);
    const { expiresMs } = { expiresMs: undefined, ...RETENTION_KINDS[kind] };
    expect(longest.trim()).toBe(expiresMs === undefined ? 'for ever' : `${expiresMs / DAY} days`);
    const going = goingTimes(DEFAULT_TIMES, { isArchived: true, historiesMs: STEP_FUNCTIONS_KEEPS_MS });
    if (kind === 'notifications' || kind === 'alerts' || kind === 'executions')
      expect(goes).toContain(`after ${going[kind] / DAY} days`);
  },
);

test.each(ARCHIVE_NAMES)('the guide tells what lines of %s are', (kind) => {
  expect(PAGE).toMatch(new RegExp(`^\\| .*\`${kind}\``, 'm'));
});

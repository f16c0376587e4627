import type { LeftBehind } from '#executions/left-behind.ts';
import type { Terminal } from './terminal.ts';
import { count, hanging } from './text-layout.ts';

/** Most devices that are told of; `--json` tells all. */
const MOST = 40;

const WORDS: Readonly<Record<LeftBehind['reason'], string>> = {
  UNDO_FAILED: 'the undo failed',
  OUTCOME_UNKNOWN: 'what it did is unknown',
  PIVOT_PASSED: 'kept',
  NOT_UNDONE: 'not undone',
};

/** What an execution has left on its devices, a line for each: device, step, and why. Nothing where it has left nothing. */
export function leftBehindLines(
  leftBehind: readonly LeftBehind[],
  { paint, columns }: Pick<Terminal, 'paint' | 'columns'>,
): readonly string[] {
  if (leftBehind.length === 0) return [];
  const lines = leftBehind
    .slice(0, MOST)
    .map(({ device, service, workflow = '', path, reason, tries, error, cause }) => {
      const tried = tries === 0 ? '' : ` (${tries === 1 ? '1 try' : `${tries} tries`})`;
      return hanging(
        `  ${device ?? service ?? workflow}  ${path}  `,
        `${WORDS[reason]}${tried}: ${error}: ${cause}`,
        columns,
      );
    });
  const more = leftBehind.length - MOST;
  return [
    paint.bold(`left behind by ${count(leftBehind.length, 'step')}:`),
    ...lines,
    ...(more > 0 ? [paint.dim(`  … ${more} more`)] : []),
  ];
}

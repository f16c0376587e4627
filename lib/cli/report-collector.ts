import type { StepwrightError } from '#core/error.ts';
import type { Terminal } from './terminal.ts';
import { hanging } from './text-layout.ts';

/** Tells that the collector of telemetry has fallen silent, or is well again; the work goes on. */
export function reportCollector(
  trouble: StepwrightError | 'well again',
  { note, notePaint, columns }: Pick<Terminal, 'note' | 'notePaint' | 'columns'>,
): void {
  if (trouble === 'well again') {
    note(notePaint.green('the collector takes telemetry again'));
    return;
  }
  note(notePaint.yellow(hanging(`warning[${trouble.code}]: `, trouble.message, columns)));
  if (trouble.hint !== undefined) note(notePaint.cyan(hanging('  hint: ', trouble.hint, columns)));
}

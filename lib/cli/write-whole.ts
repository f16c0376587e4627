import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { StepwrightError } from '#core/error.ts';

/** Writes a file that `-o` names: all of it or nothing, also when it is interrupted. Throws SW3024 when it cannot. */
export function writeWhole(file: string, text: string): void {
  const draft = `${file}.${process.pid}.tmp`;
  try {
    writeFileSync(draft, text);
    renameSync(draft, file);
  } catch (cause) {
    rmSync(draft, { force: true });
    throw unwritable(file, cause);
  }
}

/** SW3024: what `-o` names cannot be written. */
export function unwritable(path: string, cause: unknown): StepwrightError {
  return new StepwrightError(
    {
      code: 'SW3024',
      kind: 'invalid',
      message: `${path} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`,
      hint: 'name a file that you may write to with -o',
    },
    { cause },
  );
}

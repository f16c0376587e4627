import type { Json } from '#core/json.ts';
import type { DocumentPath } from '#definition/document-path.ts';
import { objectsOf } from '../machine.ts';
import type { MachineExamination, MachineRule } from '../machine-rule.ts';

const EVERY_ERROR = 'States.ALL';

/**
 * A retrier or catcher names at least one error; States.ALL stands alone, and in the last of them.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
export const errorLists: MachineRule = {
  state({ path, fields }, examination) {
    for (const field of ['Retry', 'Catch']) {
      const entries = objectsOf(fields[field]);
      for (const [index, { ErrorEquals: errors }] of entries)
        tellOf(
          errors,
          { path: [...path, field, index, 'ErrorEquals'], isLast: index === entries.at(-1)?.[0] },
          examination,
        );
    }
  },
};

interface Entry {
  readonly path: DocumentPath;
  readonly isLast: boolean;
}

function tellOf(errors: Json | undefined, { path, isLast }: Entry, { tell }: MachineExamination): void {
  const names: readonly Json[] = Array.isArray(errors) ? errors : [];
  if (names.length === 0 || names.some((name) => typeof name !== 'string'))
    tell({
      code: 'SW1723',
      path,
      message: 'ErrorEquals names no error',
      hint: 'it is a list of the names of errors',
    });
  else if (names.includes(EVERY_ERROR) && (names.length > 1 || !isLast))
    tell({
      code: 'SW1723',
      path,
      message: `${EVERY_ERROR} stands alone, and in the last entry`,
      hint: 'what stands after it is never reached',
    });
}

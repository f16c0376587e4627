import { StepwrightError } from '#core/error.ts';
import { reasonOf } from '#core/reason-of.ts';

/** SW4501: the archive itself cannot be reached, read or written. */
export function unusableArchive(place: string, cause: unknown): StepwrightError {
  return new StepwrightError(
    {
      code: 'SW4501',
      kind: 'unavailable',
      message: `the archive ${place} cannot be used: ${reasonOf(cause)}`,
      hint: 'see that the folder or bucket is there, and may be read and written; until then nothing is deleted',
    },
    { cause },
  );
}

/** SW4502: a file of the archive is missing or not what its manifest says. */
export function damagedPart(path: string, why: string, cause?: unknown): StepwrightError {
  return new StepwrightError(
    {
      code: 'SW4502',
      kind: 'invalid',
      message: `"${path}" of the archive ${why}`,
      hint: 'stepwright archive verify tells all that is damaged; put the file back from a copy of the archive',
    },
    { cause },
  );
}

/** SW4503: nothing of this id is in the archive. */
export function notArchived(id: string, place: string): StepwrightError {
  return new StepwrightError({
    code: 'SW4503',
    kind: 'not-found',
    message: `there is no execution "${id}" in the archive ${place}`,
    hint: 'one that has not been archived yet is told of by "stepwright executions show"',
  });
}

/** SW4504: a question that would look at more than is looked at for one. */
export function tooManyParts(most: number): StepwrightError {
  return new StepwrightError({
    code: 'SW4504',
    kind: 'invalid',
    message: `more than ${most} parts of the archive are of this period`,
    hint: 'narrow the period with --from and --to',
  });
}

/** SW4505: an expression that cannot be evaluated over a line. */
export function badWhere(text: string, why: string, cause: unknown): StepwrightError {
  return new StepwrightError(
    {
      code: 'SW4505',
      kind: 'invalid',
      message: `--where "${text}" ${why}: ${reasonOf(cause)}`,
      hint: "it is JSONata over one record, such as: status = 'FAILED' and $contains(error, 'Device')",
    },
    { cause },
  );
}

/** SW4506: a place that is neither a folder nor a bucket. */
export function badPlace(place: string): StepwrightError {
  return new StepwrightError({
    code: 'SW4506',
    kind: 'invalid',
    message: `"${place}" is no place for an archive`,
    hint: 'name a folder, or a bucket like s3://bucket/prefix',
  });
}

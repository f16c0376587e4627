import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { StepwrightError } from '#core/error.ts';

/** Measured times by step, in ms. */
const ProfileSchema = z.record(z.string(), z.number().nonnegative());

/** The times that `--profile` names: a JSON file of step ids to ms. Throws SW3022 when it is none. */
export function readProfile(file: string): ReadonlyMap<string, number> {
  try {
    return new Map(Object.entries(ProfileSchema.parse(JSON.parse(readFileSync(file, 'utf8')))));
  } catch (cause) {
    throw new StepwrightError(
      {
        code: 'SW3022',
        kind: 'invalid',
        message: `the profile ${file} cannot be read: ${messageOf(cause)}`,
        hint: 'it is a JSON file of the times of steps in ms, such as {"flash": 12500, "check": 900}',
      },
      { cause },
    );
  }
}

function messageOf(cause: unknown): string {
  if (cause instanceof z.ZodError) return cause.issues[0]?.message ?? '';
  return cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
}

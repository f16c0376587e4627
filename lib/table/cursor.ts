import * as z from 'zod';
import { StepwrightError } from '#core/error.ts';

const CursorSchema = z.record(z.string(), z.string());

/** Where a page ended, as text that a client hands back. */
export function encodeCursor(position: Readonly<Record<string, string>>): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/** The position of a cursor. Throws SW4003 for a text that is none. */
export function decodeCursor(cursor: string): Record<string, string> {
  try {
    return CursorSchema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch (cause) {
    const fault = {
      code: 'SW4003',
      kind: 'invalid',
      message: 'the cursor is none that a page gave',
      hint: 'leave it out to begin with the first page',
    } as const;
    throw new StepwrightError(fault, { cause });
  }
}

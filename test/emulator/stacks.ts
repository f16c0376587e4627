import { describe, inject, test } from 'vitest';
import type { EmulatedStacks } from './global-setup.ts';

const stacks = inject('stacks');

/** The stacks on the emulator. Only for tests that {@link emulated} runs. */
export function deployed(): Exclude<EmulatedStacks, { missing: string }> {
  if ('missing' in stacks) throw new Error(stacks.missing);
  return stacks;
}

/** Whether there is an emulator. */
export const isEmulated = !('missing' in stacks);

/** A test that needs the emulator: skipped, with a word, where there is none. */
export const emulated = test.skipIf(!isEmulated);

/** Tests that need the emulator: skipped, with a word, where there is none. */
export const describeEmulated = describe.skipIf(!isEmulated);

if ('missing' in stacks) process.stderr.write(`The emulator suite is skipped: ${stacks.missing}\n`);

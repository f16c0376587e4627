import type { Diagnostic } from '#core/diagnostic.ts';
import type { Answers } from '#definition/rehearsal/answers.ts';
import { FaultFileSchema } from '#definition/rehearsal/faults.ts';
import { checkShape } from '#definition/shape.ts';
import type { Source } from '#definition/source.ts';
import { type Faults, readFaults } from './faults.ts';

/** What a file of faults says. */
export interface FaultMix {
  readonly faults: Faults;
  readonly answers: readonly Answers[];
}

/** Reads a file of faults from its parsed text: the mix, or all that is wrong with it. */
export function readFaultFile(source: Source): {
  readonly mix: FaultMix | undefined;
  readonly diagnostics: readonly Diagnostic[];
} {
  if (source.value === undefined) return { mix: undefined, diagnostics: source.diagnostics };
  const shaped = checkShape(FaultFileSchema, source.value, { source, path: [] });
  if (!shaped.ok) return { mix: undefined, diagnostics: shaped.diagnostics };
  const { stepwright: _stepwright, faults: _name, answers, ...rates } = shaped.value;
  return {
    mix: { faults: readFaults(rates), answers: answers === undefined ? [] : [answers] },
    diagnostics: [],
  };
}

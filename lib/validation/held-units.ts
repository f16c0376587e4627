import type { DocumentPath } from '#definition/document-path.ts';
import type { Step } from '#definition/model.ts';
import type { PoolUnits } from '#definition/step-parts.ts';

/** Units of pools that a step holds while it runs, and where in the step they are written; undefined for none. */
export function unitsHeldBy(
  step: Step,
): { readonly pools: PoolUnits; readonly where: DocumentPath } | undefined {
  if (step.kind === 'lock') return { pools: step.pools, where: ['lock', 'pools'] };
  if (!('uses' in step) || step.uses === undefined) return undefined;
  return { pools: step.uses, where: ['uses'] };
}

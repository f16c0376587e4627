import type { Json } from '#core/json.ts';
import type { ForEachStep } from '#definition/block-steps.ts';
import type { Step } from '#definition/model.ts';
import { allSteps } from '#definition/nested-lists.ts';
import { EvaluationError, evaluate } from '#expression/evaluate.ts';
import { parseExpression } from '#expression/parse.ts';
import { DEFAULT_COUNT } from '../durations.ts';

/** A number that a forecast needs and the definition does not say. */
export interface Assumption {
  readonly step: string;
  /** What is counted: items of a forEach or of a raw Map state, iterations of a while, registered devices. */
  readonly what: 'items' | 'iterations' | 'devices';
  readonly value: number;
  /** Who says so: the input, the caller, another step's assumption, or nobody. */
  readonly from: 'input' | 'given' | 'step' | 'default';
}

/** What is known before a run. */
export interface Known {
  /** Undefined where no input is given. */
  readonly input: Json | undefined;
  /** Counts by step, as the caller wants them. */
  readonly given: ReadonlyMap<string, number>;
}

/** The assumptions that a forecast of some steps needs, in document order. */
export async function assume(steps: readonly Step[], known: Known): Promise<readonly Assumption[]> {
  const assumptions: Assumption[] = [];
  for (const step of allSteps(steps)) {
    const assumption = await assumptionOf(step, { known, earlier: assumptions });
    if (assumption !== undefined) assumptions.push(assumption);
  }
  return assumptions;
}

interface Assuming {
  readonly known: Known;
  readonly earlier: readonly Assumption[];
}

async function assumptionOf(step: Step, assuming: Assuming): Promise<Assumption | undefined> {
  const what = countedIn(step);
  if (what === undefined) return undefined;
  const given = assuming.known.given.get(step.id);
  if (given !== undefined) return { step: step.id, what, value: given, from: 'given' };
  if (step.kind === 'forEach') return { step: step.id, what, ...(await itemsOf(step, assuming)) };
  const most = step.kind === 'while' ? (step.maxIterations ?? DEFAULT_COUNT) : DEFAULT_COUNT;
  return { step: step.id, what, value: Math.min(DEFAULT_COUNT, most), from: 'default' };
}

function countedIn(step: Step): Assumption['what'] | undefined {
  if (step.kind === 'forEach') return 'items';
  if (step.kind === 'while') return 'iterations';
  if (step.kind === 'devices') return 'devices';
  return step.kind === 'asl' && step.state['Type'] === 'Map' ? 'items' : undefined;
}

async function itemsOf(
  step: ForEachStep,
  { known, earlier }: Assuming,
): Promise<Pick<Assumption, 'value' | 'from'>> {
  const counted = await countItems(step.items, known.input);
  if (counted !== undefined) return { value: counted, from: 'input' };
  const selection = earlier.find((one) => one.what === 'devices' && step.items.trim() === `$${one.step}`);
  if (selection !== undefined) return { value: selection.value, from: 'step' };
  return { value: DEFAULT_COUNT, from: 'default' };
}

/** How many items an expression gives, where it reads nothing but the input. */
async function countItems(items: string, input: Json | undefined): Promise<number | undefined> {
  const read = parseExpression(items).variables.filter(({ called }) => !called);
  const isKnown = read.every(({ name }) => name === 'input') && (read.length === 0 || input !== undefined);
  if (!isKnown) return undefined;
  try {
    return Number(await evaluate(`$count([(${items})])`, { bindings: { input } }));
  } catch (error) {
    if (error instanceof EvaluationError) return undefined;
    throw error;
  }
}

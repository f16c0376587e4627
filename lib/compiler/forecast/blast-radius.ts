import type { Catalogue } from '#definition/command.ts';
import type { CommandStep, Step } from '#definition/model.ts';
import { nestedLists } from '#definition/nested-lists.ts';
import { readExpression } from '#expression/delimiters.ts';
import { countOf, type Estimates } from '../durations.ts';
import type { Layout, Part } from '../layout.ts';
import { iterationsAtOnce } from '../waves-of-items.ts';

/** How many devices a run can leave in a bad state at once. */
export interface BlastRadius {
  /**
   * Most devices that a command has changed and that are not known to be good yet: a device of an iteration is, once its
   * iteration is through; any other, once the run is.
   */
  readonly devices: number;
  /** Steps whose commands change devices. */
  readonly changedBy: readonly string[];
}

/** What the blast radius is reckoned from. */
export interface Changing {
  readonly layout: Layout;
  readonly counts: Estimates['counts'];
  readonly catalogue: Catalogue;
}

/** The blast radius of a workflow. Two texts that name a device are taken for two devices. */
export function blastRadius(steps: readonly Step[], changing: Changing): BlastRadius {
  const { fixed, own, iterations } = reachOfList(steps, changing);
  return { devices: fixed.size + own.size + iterations, changedBy: changingSteps(steps, changing) };
}

/** The devices that a list changes. */
interface Reach {
  /** Named by a text without expression: one device, however often. */
  readonly fixed: ReadonlySet<string>;
  /** Named by an expression, outside any iteration of the list. */
  readonly own: ReadonlySet<string>;
  /** Most at once in iterations. */
  readonly iterations: number;
}

const NONE: Reach = { fixed: new Set(), own: new Set(), iterations: 0 };

function reachOfList(steps: readonly Step[], changing: Changing): Reach {
  if (steps.length === 0) return NONE;
  return reachOfParts(changing.layout.partsOf(steps), changing);
}

function reachOfParts(parts: readonly Part[], changing: Changing): Reach {
  return oneAfterTheOther(parts.map((part) => reachOfPart(part, changing)));
}

function reachOfPart(part: Part, changing: Changing): Reach {
  if (part.kind === 'step') return reachOfStep(part.step, changing);
  return sideBySide(part.sides.map((side) => reachOfParts(side, changing)));
}

function reachOfStep(step: Step, changing: Changing): Reach {
  if (step.kind === 'command') return isChanging(step, changing) ? reachOfDevice(step) : NONE;
  const inside = nestedLists(step)
    .filter(({ kind }) => kind !== 'catch')
    .map(({ steps }) => reachOfList(steps, changing));
  if (step.kind === 'parallel') return sideBySide(inside);
  const reach = oneAfterTheOther(inside);
  if (step.kind !== 'forEach') return reach;
  const atOnce = iterationsAtOnce(step, countOf(step, changing.counts));
  return { fixed: reach.fixed, own: new Set(), iterations: atOnce * (reach.own.size + reach.iterations) };
}

function reachOfDevice({ id, device }: CommandStep): Reach {
  // Which one is chosen is not known before; each step may choose another.
  if (device === undefined) return { ...NONE, own: new Set([`on ${id}`]) };
  const expression = readExpression(device);
  return expression === undefined
    ? { ...NONE, fixed: new Set([device]) }
    : { ...NONE, own: new Set([expression.text.trim()]) };
}

function oneAfterTheOther(reaches: readonly Reach[]): Reach {
  return { ...devicesOf(reaches), iterations: Math.max(0, ...reaches.map(({ iterations }) => iterations)) };
}

function sideBySide(reaches: readonly Reach[]): Reach {
  return {
    ...devicesOf(reaches),
    iterations: reaches.reduce((sum, { iterations }) => sum + iterations, 0),
  };
}

function devicesOf(reaches: readonly Reach[]): Pick<Reach, 'fixed' | 'own'> {
  return {
    fixed: new Set(reaches.flatMap(({ fixed }) => [...fixed])),
    own: new Set(reaches.flatMap(({ own }) => [...own])),
  };
}

function changingSteps(steps: readonly Step[], changing: Changing): readonly string[] {
  return steps.flatMap((step) => [
    ...(step.kind === 'command' && isChanging(step, changing) ? [step.id] : []),
    ...nestedLists(step).flatMap((list) => changingSteps(list.steps, changing)),
  ]);
}

/** A command changes its device unless the catalogue says that it does not. */
function isChanging({ command }: CommandStep, { catalogue }: Changing): boolean {
  return catalogue?.get(command)?.effect !== 'none';
}

import type { ExpressionNames, ReadText } from './expression-names.ts';
import { type Block, type MachineState, visibleBlocks } from './machine.ts';
import { presenceWithout } from './presence.ts';
import { type Transition, transitionsOf } from './transitions.ts';

/** Which variables have a value when a state is entered. */
export interface VariableFlow {
  /** Whether some way to a state assigns a variable. */
  mayBeAssigned(variable: string, state: MachineState): boolean;
  /** Whether every way to a state assigns a variable, as far as conditions tell. */
  isAssigned(variable: string, state: MachineState): boolean;
  /** Whether any way leads to a state. */
  isReached(state: MachineState): boolean;
}

/** Sets of variables are bits of a number: each variable of the machine has its own. */
interface Assigned {
  readonly onSome: bigint;
  readonly onEvery: bigint;
}

type Bits = ReadonlyMap<string, bigint>;

const NONE: Assigned = { onSome: 0n, onEvery: 0n };

/** Follows the variables of a machine through all of its blocks. */
export function variableFlow(blocks: readonly Block[], read: ReadText): VariableFlow {
  const names = new Set(blocks.flatMap(({ assigned }) => [...assigned]));
  const bits: Bits = new Map([...names].map((name, index) => [name, 1n << BigInt(index)]));
  const entered = new Map<MachineState, Assigned>();
  for (const block of blocks) flowThrough(block, { bits, read, entered });
  const has = (set: bigint | undefined, name: string): boolean =>
    ((set ?? 0n) & (bits.get(name) ?? 0n)) !== 0n;
  return {
    mayBeAssigned: (name, state) => has(entered.get(state)?.onSome, name),
    isAssigned: (name, state) => has(entered.get(state)?.onEvery, name),
    isReached: (state) => entered.has(state),
  };
}

interface Flow {
  readonly bits: Bits;
  readonly read: ReadText;
  readonly entered: Map<MachineState, Assigned>;
}

/** Goes round until nothing changes: a loop brings back what its end assigns. */
function flowThrough(block: Block, flow: Flow): void {
  const start = block.states.get(String(block.body['StartAt']));
  if (start === undefined) return;
  flow.entered.set(start, enteringBlock(block, flow));
  const waiting = new Set([start]);
  for (const state of waiting) {
    waiting.delete(state);
    for (const [next, assigned] of leaving(state, flow)) {
      const before = flow.entered.get(next);
      const after = before === undefined ? assigned : joined(before, assigned);
      if (before !== undefined && isEqual(before, after)) continue;
      flow.entered.set(next, after);
      waiting.add(next);
    }
  }
}

/** Of the blocks around, what the state has that the block is inside of. */
function enteringBlock(block: Block, { entered }: Flow): Assigned {
  if (block.owner === undefined || visibleBlocks(block).length === 1) return NONE;
  return entered.get(block.owner) ?? NONE;
}

function leaving(state: MachineState, flow: Flow): readonly (readonly [MachineState, Assigned])[] {
  const here = flow.entered.get(state) ?? NONE;
  return transitionsOf(state).flatMap((transition) => {
    const next = state.block.states.get(transition.to);
    if (next === undefined) return [];
    const added = bitsOf([...transition.assigned, ...provenBy(transition, state, flow)], flow);
    return [[next, { onSome: here.onSome | added, onEvery: here.onEvery | added }] as const];
  });
}

function bitsOf(names: readonly string[], { bits }: Flow): bigint {
  return names.reduce((set, name) => set | (bits.get(name) ?? 0n), 0n);
}

/**
 * Variables that have a value when a choice goes this way: without one, its condition would not hold, or the condition of a
 * rule before it would.
 */
function provenBy({ by }: Transition, state: MachineState, flow: Flow): readonly string[] {
  if (state.type !== 'Choice') return [];
  const rules = state.parts.filter(({ kind }) => kind === 'choice');
  const taken = by.kind === 'choice' ? rules.indexOf(by) : rules.length;
  return rules.slice(0, taken + 1).flatMap((rule, index) => {
    const reading = flow.read(String(rule.fields['Condition']));
    if (reading.kind !== 'expression') return [];
    const impossible = index === taken ? ['false', 'nothing'] : ['true', 'nothing'];
    return openVariables(reading.names, state, flow).filter((name) =>
      impossible.includes(presenceWithout(name, reading.tree())),
    );
  });
}

/** Variables that an expression reads, and that not every way to its state has assigned. */
function openVariables(
  { variables }: ExpressionNames,
  state: MachineState,
  { bits, entered }: Flow,
): readonly string[] {
  const assigned = entered.get(state)?.onEvery ?? 0n;
  const names = new Set(variables.map(({ name }) => name));
  return [...names].filter((name) => bits.has(name) && (assigned & (bits.get(name) ?? 0n)) === 0n);
}

function joined(one: Assigned, other: Assigned): Assigned {
  return { onSome: one.onSome | other.onSome, onEvery: one.onEvery & other.onEvery };
}

function isEqual(one: Assigned, other: Assigned): boolean {
  return one.onSome === other.onSome && one.onEvery === other.onEvery;
}

import type { ExpressionNames, ReadText } from './expression-names.ts';
import type { Block, MachineState } from './machine.ts';
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
  const has = (set: bigint, name: string): boolean => (set & (bits.get(name) ?? 0n)) !== 0n;
  const at = (state: MachineState): Assigned => entered.get(state) ?? NONE;
  return {
    mayBeAssigned: (name, state) => has(at(state).onSome, name),
    isAssigned: (name, state) => has(at(state).onEvery, name),
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
  const around = enteringBlock(block, flow);
  if (start === undefined || around === undefined) return;
  const waiting = new Map([[start, around]]);
  for (const [state, assigned] of waiting) {
    waiting.delete(state);
    const before = flow.entered.get(state);
    const after = before === undefined ? assigned : joined(before, assigned);
    if (before !== undefined && isEqual(before, after)) continue;
    flow.entered.set(state, after);
    for (const [next, left] of leaving(state, after, flow)) {
      const other = waiting.get(next);
      waiting.set(next, other === undefined ? left : joined(other, left));
    }
  }
}

/** What the state has that the block is inside of; undefined where no way leads to that. */
function enteringBlock({ owner, isDistributed }: Block, { entered }: Flow): Assigned | undefined {
  if (owner === undefined) return NONE;
  const around = entered.get(owner);
  return around === undefined || !isDistributed ? around : NONE;
}

function leaving(
  state: MachineState,
  here: Assigned,
  flow: Flow,
): readonly (readonly [MachineState, Assigned])[] {
  return transitionsOf(state).flatMap((transition) => {
    const next = state.block.states.get(transition.to);
    if (next === undefined) return [];
    const added = bitsOf([...transition.assigned, ...provenBy(transition, { state, here }, flow)], flow);
    return [[next, { onSome: here.onSome | added, onEvery: here.onEvery | added }] as const];
  });
}

function bitsOf(names: readonly string[], { bits }: Flow): bigint {
  return names.reduce((set, name) => set | (bits.get(name) ?? 0n), 0n);
}

/** A state, and what is assigned when it is entered. */
interface Entry {
  readonly state: MachineState;
  readonly here: Assigned;
}

/**
 * Variables that have a value when a choice goes this way: without one, its condition would not hold, or the condition of a
 * rule before it would.
 */
function provenBy({ by }: Transition, { state, here }: Entry, flow: Flow): readonly string[] {
  if (state.type !== 'Choice') return [];
  const rules = state.parts.filter(({ kind }) => kind === 'choice');
  const taken = by.kind === 'choice' ? rules.indexOf(by) : rules.length;
  return rules.slice(0, taken + 1).flatMap((rule, index) => {
    const reading = flow.read(String(rule.fields['Condition']));
    if (reading.kind !== 'expression') return [];
    const impossible = index === taken ? ['false', 'nothing'] : ['true', 'nothing'];
    return openVariables(reading.names, here, flow).filter((name) =>
      impossible.includes(presenceWithout(name, reading.tree())),
    );
  });
}

/** Variables that an expression reads, and that not every way has assigned. */
function openVariables(
  { variables }: ExpressionNames,
  { onEvery }: Assigned,
  { bits }: Flow,
): readonly string[] {
  const names = new Set(variables.map(({ name }) => name));
  return [...names].filter((name) => {
    const bit = bits.get(name);
    return bit !== undefined && (onEvery & bit) === 0n;
  });
}

function joined(one: Assigned, other: Assigned): Assigned {
  return { onSome: one.onSome | other.onSome, onEvery: one.onEvery & other.onEvery };
}

function isEqual(one: Assigned, other: Assigned): boolean {
  return one.onSome === other.onSome && one.onEvery === other.onEvery;
}

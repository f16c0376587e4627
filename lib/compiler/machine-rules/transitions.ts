import type { DocumentPath } from '#definition/document-path.ts';
import { assignedBy, type Block, type MachineState, type StatePart } from './machine.ts';

/** One way to go on from a state. */
export interface Transition {
  /** Name of the next state. */
  readonly to: string;
  /** Of the field that names it. */
  readonly path: DocumentPath;
  /** Variables that have been assigned on this way. */
  readonly assigned: readonly string[];
  /** The catcher or rule by which it goes this way; the state itself for `Next` and `Default`. */
  readonly by: StatePart;
}

/** Every way to go on from a state to another of its block. */
export function transitionsOf({ parts }: MachineState): readonly Transition[] {
  return parts.flatMap((part) =>
    ['Next', 'Default'].flatMap((field) => {
      const to = part.fields[field];
      if (typeof to !== 'string') return [];
      return [{ to, path: [...part.path, field], assigned: assignedBy(part), by: part }];
    }),
  );
}

/** Whether a state may end its block. */
export function isTerminal({ type, fields }: MachineState): boolean {
  return fields['End'] === true || type === 'Succeed' || type === 'Fail';
}

/** The states of a block that its first state leads to, itself included; none where it does not say where it begins. */
export function reachedIn({ body, states }: Block): ReadonlySet<MachineState> {
  const start = states.get(String(body['StartAt']));
  const reached = new Set(start === undefined ? [] : [start]);
  for (const state of reached) for (const next of successorsOf(state)) reached.add(next);
  return reached;
}

function successorsOf(state: MachineState): readonly MachineState[] {
  return transitionsOf(state).flatMap(({ to }) => state.block.states.get(to) ?? []);
}

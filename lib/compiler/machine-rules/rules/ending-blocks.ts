import type { Block, MachineState } from '../machine.ts';
import type { MachineRule } from '../machine-rule.ts';
import { isTerminal, reachedIn, transitionsOf } from '../transitions.ts';

/**
 * From every state, some way leads to the end of its block.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_ValidateStateMachineDefinitionDiagnostic.html
 */
export const endingBlocks: MachineRule = {
  block(block, { tell }) {
    const ending = endingIn(block);
    const first = [...reachedIn(block)].find(({ name }) => !ending.has(name));
    if (first === undefined) return;
    tell({
      code: 'SW1706',
      path: first.path,
      message: `from "${first.name}" no way leads to the end of its block`,
      hint: 'end it with End: true, or with a Succeed or Fail state',
    });
  },
};

/** Names of the states from which the end can be reached, found from the end backwards. */
function endingIn(block: Block): ReadonlySet<string> {
  const states = [...block.states.values()];
  const before = new Map<string, string[]>();
  for (const state of states)
    for (const { to } of transitionsOf(state)) before.set(to, [...(before.get(to) ?? []), state.name]);
  const ending = new Set(
    states.filter((state) => isTerminal(state) || isLost(state)).map(({ name }) => name),
  );
  for (const name of ending) for (const earlier of before.get(name) ?? []) ending.add(earlier);
  return ending;
}

/** Whether a state does not say where it goes, which is another rule's. */
function isLost(state: MachineState): boolean {
  const transitions = transitionsOf(state);
  return transitions.length === 0 || transitions.some(({ to }) => !state.block.states.has(to));
}

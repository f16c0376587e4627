import type { Block } from '../machine.ts';
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
    const stuck = [...reachedIn(block)].filter((name) => !ending.has(name));
    const [first] = stuck;
    if (first === undefined) return;
    tell({
      code: 'SW1706',
      path: [...block.path, 'States', first],
      message: `from "${first}" no way leads to the end of its block`,
      hint: 'end it with End: true, or with a Succeed or Fail state',
    });
  },
};

/** Names of the states from which the end can be reached, found from the end backwards. */
function endingIn({ states }: Block): ReadonlySet<string> {
  const before = new Map<string, string[]>();
  for (const state of states.values())
    for (const { to } of transitionsOf(state)) before.set(to, [...(before.get(to) ?? []), state.name]);
  const ending = new Set([...states.values()].filter(isTerminal).map(({ name }) => name));
  for (const name of ending) for (const earlier of before.get(name) ?? []) ending.add(earlier);
  return ending;
}

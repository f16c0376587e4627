import type { Block, MachineState } from '../machine.ts';
import type { MachineExamination, MachineRule } from '../machine-rule.ts';
import { transitionsOf } from '../transitions.ts';

const TYPES_WITHOUT_NEXT = ['Choice', 'Succeed', 'Fail'];

/**
 * A block begins with one of its states, and each state goes on to one of the same block or ends it.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/statemachine-structure.html
 */
export const knownTargets: MachineRule = {
  block({ body, path, states }, { tell }) {
    const { StartAt: start } = body;
    if (typeof start === 'string' && states.has(start)) return;
    tell({
      code: 'SW1704',
      path: [...path, 'StartAt'],
      message: `StartAt names no state of its block: ${JSON.stringify(start ?? null)}`,
    });
  },
  state(state, examination) {
    tellOfUnknown(state, state.block, examination);
    const { name, path, type, fields } = state;
    if (TYPES_WITHOUT_NEXT.includes(type)) return;
    const goesOn = typeof fields['Next'] === 'string';
    if (goesOn === (fields['End'] === true))
      examination.tell({
        code: 'SW1704',
        path,
        message: `"${name}" has ${goesOn ? 'both' : 'neither'} Next ${goesOn ? 'and' : 'nor'} End: true`,
        hint: 'a state has one of the two',
      });
  },
};

function tellOfUnknown(state: MachineState, { states }: Block, { tell }: MachineExamination): void {
  for (const { to, path } of transitionsOf(state)) {
    if (!states.has(to))
      tell({
        code: 'SW1704',
        path,
        message: `"${state.name}" leads to "${to}", and there is no such state in its block`,
        hint: 'states lead to states of their own machine, branch or iteration',
      });
  }
}

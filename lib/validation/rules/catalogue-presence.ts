import type { Rule } from '../rule.ts';

/** Where a workflow sends commands, there is a catalogue of them. */
export const cataloguePresence: Rule = {
  workflow({ subject, report }) {
    if (subject.catalogue !== undefined) return;
    const first = [...subject.steps.values()].find(({ step }) => step.kind === 'command');
    if (first === undefined) return;
    report.at([...first.path, 'command'], {
      code: 'SW1402',
      message: 'there is no catalogue of commands, so that their arguments and results are not checked',
      hint: 'describe each command in a file of the folder commands/ beside the workflow',
    });
  },
};

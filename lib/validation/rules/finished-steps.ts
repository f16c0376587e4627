import type { Violation } from '../report.ts';
import type { Rule } from '../rule.ts';
import type { StepNode } from '../step-tree.ts';

/** Expressions read outputs only of steps that have ended by then. */
export const finishedSteps: Rule = {
  reading({ variable, meaning, site }, { report }) {
    if (variable.called || meaning.kind !== 'unfinished' || site.node === undefined) return;
    report.inside(site.path, site.offset + variable.offset, violationOf(meaning.node, site.node));
  },
};

function violationOf(read: StepNode, reader: StepNode): Violation {
  const [id, own] = [read.step.id, reader.step.id];
  if (read === reader) {
    return {
      code: 'SW1206',
      message: `step "${id}" reads its own output, which there is only when it has ended`,
      hint: 'in `expect`, the result is $result',
    };
  }
  const canNeed = read.list === reader.list && !read.list.isSequence;
  return {
    code: 'SW1206',
    message: `step "${own}" reads $${id}, but "${id}" need not have ended by then`,
    hint: canNeed
      ? `add "${id}" to the needs of "${own}"`
      : 'read outputs of steps that end before it begins',
  };
}

import type { Rule } from '../rule.ts';

/** Ids are unique in a workflow. */
export const uniqueIds: Rule = {
  step(node, { subject, report }) {
    const { id } = node.step;
    const first = subject.steps.get(id);
    if (first === undefined || first === node) return;
    const { line } = subject.source.locate([...first.path, 'id']);
    report.at([...node.path, 'id'], {
      code: 'SW1201',
      message: `another step has the id "${id}" already, in line ${line}`,
      hint: 'ids are unique in the whole workflow, because outputs are read by them',
    });
  },
};

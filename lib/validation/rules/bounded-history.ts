import { INLINE_CONCURRENCY } from '#definition/map-mode.ts';
import { childHistoryEvents, historyEvents, historyEventsOfList, MOST_EVENTS } from '../history-size.ts';
import { mostRuns } from '../known-counts.ts';
import type { Violation } from '../report.ts';
import type { Rule } from '../rule.ts';
import { nodesOf, outwards, type StepNode } from '../step-tree.ts';
import type { Subject } from '../subject.ts';

/** An execution, and each child execution of a distributed Map, fits into the history that Step Functions keeps of it. */
export const boundedHistory: Rule = {
  workflow({ subject, report }) {
    for (const node of nodesOf(subject.tree)) {
      const own = childHistoryEvents(node, subject);
      if (own > MOST_EVENTS) report.atKey(node.path, violationOf(own, CHILD_WORKFLOW));
    }
    const events = historyEventsOfList(subject.tree, subject);
    if (events <= MOST_EVENTS) return;
    const causes = [...nodesOf(subject.tree)].filter((node) => isCause(node, subject));
    const outermost = causes.filter(
      (node) => ![...outwards(node)].slice(1).some((outer) => causes.includes(outer)),
    );
    for (const node of outermost) {
      const hint = node.step.kind === 'forEach' ? OWN_HISTORIES : CHILD_WORKFLOW;
      report.atKey(node.path, violationOf(historyEvents(node, subject), hint));
    }
    if (outermost.length === 0) report.atKey(['steps'], violationOf(events, CHILD_WORKFLOW));
  },
};

/** Whether running again and again what is inside a step is what makes it too much. */
function isCause(node: StepNode, subject: Subject): boolean {
  return mostRuns(node.step, subject) !== undefined && historyEvents(node, subject) > MOST_EVENTS;
}

const CHILD_WORKFLOW = 'let a child workflow do a part of it; its history is its own';
const OWN_HISTORIES = `give it a maxConcurrency above ${INLINE_CONCURRENCY}: each iteration then has a history of its own`;

function violationOf(events: number, hint: string): Violation {
  const [most, limit] = [events, MOST_EVENTS].map((count) => count.toLocaleString('en'));
  return {
    code: 'SW1511',
    message: `this may leave ${most} events in the history, and Step Functions ends an execution at ${limit}`,
    hint,
  };
}

import { historyEvents, historyEventsOfList, MOST_EVENTS } from '../history-size.ts';
import { mostRuns } from '../known-counts.ts';
import type { Violation } from '../report.ts';
import type { Rule } from '../rule.ts';
import { nodesOf, outwards, type StepNode } from '../step-tree.ts';
import type { Subject } from '../subject.ts';

/** An execution fits into the history that Step Functions keeps of it. */
export const boundedHistory: Rule = {
  workflow({ subject, report }) {
    const events = historyEventsOfList(subject.tree, subject);
    if (events <= MOST_EVENTS) return;
    const causes = [...nodesOf(subject.tree)].filter((node) => isCause(node, subject));
    const outermost = causes.filter(
      (node) => ![...outwards(node)].slice(1).some((outer) => causes.includes(outer)),
    );
    for (const node of outermost) report.atKey(node.path, violationOf(historyEvents(node, subject)));
    if (outermost.length === 0) report.atKey(['steps'], violationOf(events));
  },
};

/** Whether running again and again what is inside a step is what makes it too much. */
function isCause(node: StepNode, subject: Subject): boolean {
  return mostRuns(node.step, subject) !== undefined && historyEvents(node, subject) > MOST_EVENTS;
}

function violationOf(events: number): Violation {
  const [most, limit] = [events, MOST_EVENTS].map((count) => count.toLocaleString('en'));
  return {
    code: 'SW1511',
    message: `this may leave ${most} events in the history, and Step Functions ends an execution at ${limit}`,
    hint: 'let a child workflow do a part of it; its history is its own',
  };
}

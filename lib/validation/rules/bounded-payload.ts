import {
  MOST_PAYLOAD_BYTES,
  outputBytes,
  outputsBytes,
  type PayloadFacts,
} from '#definition/payload-size.ts';
import { mostRuns } from '../known-counts.ts';
import type { Violation } from '../report.ts';
import type { Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';

/** What a step gives, and the workflow as a whole, fits into a payload of Step Functions. */
export const boundedPayload: Rule = {
  step({ step, path, lists }, { subject, report }) {
    const facts = factsOf(subject);
    const bytes = outputBytes(step, facts);
    if (bytes <= MOST_PAYLOAD_BYTES) return;
    // What is inside of a block and too much by itself is told there.
    const isInside = lists.some(({ nodes }) =>
      nodes.some((node) => outputBytes(node.step, facts) > MOST_PAYLOAD_BYTES),
    );
    if (!isInside) report.atKey(path, violationOf(`step "${step.id}"`, bytes));
  },
  workflow({ subject, report }) {
    const { steps, output } = subject.workflow;
    const facts = factsOf(subject);
    const bytes = output === undefined ? outputsBytes(steps, facts) : 0;
    const isToldOf = steps.some((step) => outputBytes(step, facts) > MOST_PAYLOAD_BYTES);
    if (bytes > MOST_PAYLOAD_BYTES && !isToldOf) report.atKey(['steps'], violationOf('the workflow', bytes));
  },
};

function factsOf(subject: Subject): PayloadFacts {
  return { catalogue: subject.catalogue, unknownBytes: 0, countOf: (step) => mostRuns(step, subject) };
}

function violationOf(what: string, bytes: number): Violation {
  const [size, most] = [bytes, MOST_PAYLOAD_BYTES].map((count) =>
    Math.round(count / 1_024).toLocaleString('en'),
  );
  return {
    code: 'SW1514',
    message: `${what} may give ${size} KiB, and Step Functions takes ${most} KiB`,
    hint: 'say by `output` what is needed of it, or let a child workflow do a part of the items',
  };
}

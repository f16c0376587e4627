import { checkVersion } from '../check-version.ts';
import type { Rule } from '../rule.ts';

/** The version of a workflow is a semantic version. */
export const semanticVersion: Rule = {
  workflow({ subject: { workflow }, report }) {
    checkVersion(workflow.version, report);
  },
};

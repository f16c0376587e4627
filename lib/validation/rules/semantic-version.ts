import semver from 'semver';
import type { Rule } from '../rule.ts';

/** The version of a workflow is a semantic version. */
export const semanticVersion: Rule = {
  workflow({ subject: { workflow }, report }) {
    if (semver.valid(workflow.version) === workflow.version) return;
    report.at(['version'], {
      code: 'SW1108',
      message: `"${workflow.version}" is no semantic version`,
      hint: 'write three numbers, such as 1.0.0',
    });
  },
};

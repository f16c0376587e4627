import semver from 'semver';
import { requirementsOf } from '../requirements.ts';
import type { Rule } from '../rule.ts';

/** What is required of devices are ranges of versions. */
export const versionRange: Rule = {
  step(node, { report }) {
    for (const { requires, path } of requirementsOf(node)) {
      for (const [capability, range] of Object.entries(requires)) {
        if (semver.validRange(range) !== null) continue;
        report.at([...path, capability], {
          code: 'SW1109',
          message: `"${range}" is no range of versions`,
          hint: 'write it like ">=2", "^1.4" or "1.x"',
        });
      }
    }
  },
};

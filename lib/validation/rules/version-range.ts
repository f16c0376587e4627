import semver from 'semver';
import type { Rule } from '../rule.ts';

/** What a selection of devices requires are ranges of versions. */
export const versionRange: Rule = {
  step({ step, path }, { report }) {
    if (step.kind !== 'devices') return;
    for (const [capability, range] of Object.entries(step.requires)) {
      if (semver.validRange(range) !== null) continue;
      report.at([...path, 'devices', 'requires', capability], {
        code: 'SW1109',
        message: `"${range}" is no range of versions`,
        hint: 'write it like ">=2", "^1.4" or "1.x"',
      });
    }
  },
};

import semver from 'semver';
import { highestInRange } from '#definition/pin-versions.ts';
import { didYouMean } from '#definition/suggest.ts';
import type { Rule } from '../rule.ts';

/** Workflows that are called exist, in a version that is asked for. */
export const knownWorkflows: Rule = {
  step({ step, path }, { subject: { project }, report }) {
    if (step.kind !== 'workflow') return;
    const { workflow: name, version: range } = step;
    if (range !== undefined && semver.validRange(range) === null) {
      report.at([...path, 'workflow', 'version'], {
        code: 'SW1109',
        message: `"${range}" is no range of versions`,
        hint: 'write it like "^1.4", ">=2" or "1.x"',
      });
      return;
    }
    if (project.workflows === undefined) return;
    const versions = project.workflows.get(name);
    if (versions === undefined) {
      report.at([...path, 'workflow', 'name'], {
        code: 'SW1407',
        message: `there is no workflow "${name}"`,
        ...didYouMean(name, project.workflows.keys()),
      });
    } else if (highestInRange(versions, range) === undefined) {
      report.at([...path, 'workflow', 'version'], {
        code: 'SW1408',
        message: `no version of "${name}" is in the range ${range}`,
        hint: `there is ${versions.join(', ')}`,
      });
    }
  },
};

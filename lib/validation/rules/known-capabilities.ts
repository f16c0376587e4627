import semver from 'semver';
import { didYouMean } from '#definition/suggest.ts';
import type { Violation } from '../report.ts';
import type { Rule } from '../rule.ts';

/** Some device of the project's fleets has each capability that is required, in a version that is. */
export const knownCapabilities: Rule = {
  step({ step, path }, { subject: { project }, report }) {
    const { capabilities } = project;
    if (step.kind !== 'devices' || capabilities === undefined) return;
    for (const [name, range] of Object.entries(step.requires)) {
      const versions = capabilities.get(name);
      const at = [...path, 'devices', 'requires', name];
      if (versions === undefined) report.atKey(at, unknown(name, capabilities.keys()));
      else if (
        semver.validRange(range) !== null &&
        !versions.some((version) => semver.satisfies(version, range))
      ) {
        report.at(at, {
          code: 'SW1411',
          message: `no device of the project has "${name}" in the range ${range}`,
          hint: `there is ${versions.join(', ')}`,
        });
      }
    }
  },
};

function unknown(name: string, known: Iterable<string>): Violation {
  const hint = didYouMean(name, known).hint ?? 'give it to a device in fleets/, or take it away';
  return { code: 'SW1411', message: `no device of the project has the capability "${name}"`, hint };
}

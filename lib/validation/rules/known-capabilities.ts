import semver from 'semver';
import { didYouMean } from '#definition/suggest.ts';
import type { Violation } from '../report.ts';
import { type Requirement, requirementsOf } from '../requirements.ts';
import type { Rule } from '../rule.ts';

/** Some device of the project's fleets has each capability that is required, in a version that is. */
export const knownCapabilities: Rule = {
  step(node, { subject: { project }, report }) {
    const { capabilities } = project;
    if (capabilities === undefined) return;
    for (const { name, range, at } of requirementsOf(node).flatMap(eachOf)) {
      const versions = capabilities.get(name);
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

function eachOf({ requires, path }: Requirement) {
  return Object.entries(requires).map(([name, range]) => ({ name, range, at: [...path, name] }));
}

function unknown(name: string, known: Iterable<string>): Violation {
  const hint = didYouMean(name, known).hint ?? 'give it to a device in fleets/, or take it away';
  return { code: 'SW1411', message: `no device of the project has the capability "${name}"`, hint };
}

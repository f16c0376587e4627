import semver from 'semver';
import type { DocumentPath } from '#definition/document-path.ts';
import { type Callee, highestInRange } from '#definition/pin-versions.ts';
import { didYouMean } from '#definition/suggest.ts';
import type { Examination, Rule } from '../rule.ts';

/** Workflows that are called, or undo what those did, exist, in a version that is asked for. */
export const knownWorkflows: Rule = {
  step({ step, path }, examination) {
    if (step.kind !== 'workflow') return;
    examine(step, [...path, 'workflow'], examination);
    if (step.compensate !== undefined) {
      examine(step.compensate, [...path, 'compensate', 'workflow'], examination);
    }
  },
};

function examine(
  { workflow: name, version: range }: Pick<Callee, 'workflow' | 'version'>,
  path: DocumentPath,
  { subject: { project }, report }: Examination,
): void {
  if (range !== undefined && semver.validRange(range) === null) {
    report.at([...path, 'version'], {
      code: 'SW1109',
      message: `"${range}" is no range of versions`,
      hint: 'write it like "^1.4", ">=2" or "1.x"',
    });
    return;
  }
  if (project.workflows === undefined) return;
  const versions = project.workflows.get(name);
  if (versions === undefined) {
    report.at([...path, 'name'], {
      code: 'SW1407',
      message: `there is no workflow "${name}"`,
      ...didYouMean(name, project.workflows.keys()),
    });
  } else if (highestInRange(versions, range) === undefined) {
    report.at([...path, 'version'], {
      code: 'SW1408',
      message: `no version of "${name}" is in the range ${range}`,
      hint: `there is ${versions.join(', ')}`,
    });
  }
}

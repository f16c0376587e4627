import type { DocumentPath } from '#definition/document-path.ts';
import { didYouMean } from '#definition/suggest.ts';
import { readExpression } from '#expression/delimiters.ts';
import type { Report } from '../report.ts';
import type { Rule } from '../rule.ts';

/** Approvals ask groups that exist, and not more people than there are. What an expression gives is not known yet. */
export const knownGroups: Rule = {
  step({ step, path }, { subject: { project }, report }) {
    if (project.groups === undefined) return;
    if (step.kind === 'command' && step.on?.whenNone?.escalate !== undefined) {
      const place = [...path, 'on', 'whenNone', 'escalate'];
      peopleOf(step.on.whenNone.escalate, { groups: project.groups, report, path: place });
    }
    if (step.kind !== 'approve') return;
    const { group, escalate, quorum, rejections } = step;
    const at = [...path, 'approve'];
    const asked = peopleOf(group, { groups: project.groups, report, path: [...at, 'group'] });
    const others =
      escalate &&
      peopleOf(escalate.group, { groups: project.groups, report, path: [...at, 'escalate', 'group'] });
    if (asked === undefined || (escalate !== undefined && others === undefined)) return;
    const people = new Set([...asked, ...(others ?? [])].map((one) => one.toLowerCase())).size;
    for (const [key, count] of [['quorum', quorum] as const, ['rejections', rejections] as const]) {
      if (count <= people) continue;
      report.at([...at, key], {
        code: 'SW1422',
        message: `${nameOf(group, escalate?.group)} ${people === 1 ? 'is one person' : `are ${people} people`}, and ${count} would have to speak`,
        hint: 'it could never be decided',
      });
    }
  },
};

interface Known {
  readonly groups: ReadonlyMap<string, readonly string[]>;
  readonly report: Report;
  readonly path: DocumentPath;
}

/** Undefined where nobody knows yet, or there is no such group, which is reported. */
function peopleOf(name: string, { groups, report, path }: Known): readonly string[] | undefined {
  if (readExpression(name) !== undefined) return undefined;
  const people = groups.get(name);
  if (people === undefined) {
    report.at(path, {
      code: 'SW1421',
      message: `there is no group "${name}"`,
      hint:
        didYouMean(name, groups.keys()).hint ?? 'name it, with its people, under "groups" in stepwright.yaml',
    });
  }
  return people;
}

function nameOf(group: string, escalated: string | undefined): string {
  return escalated === undefined ? `"${group}"` : `"${group}" and "${escalated}"`;
}

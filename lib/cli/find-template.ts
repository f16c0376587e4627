import { basename } from 'node:path';
import semver from 'semver';
import { StepwrightError } from '#core/error.ts';
import { loadProject } from '#definition/load.ts';
import { highestInRange } from '#definition/pin-versions.ts';
import type { Project } from '#definition/project.ts';
import { didYouMean } from '#definition/suggest.ts';
import type { SourcedTemplate } from '#definition/template/template.ts';
import { type ReadProject, readProject } from '#validation/read-project.ts';

/** A template with what is known of its project. */
export interface FoundTemplate extends SourcedTemplate {
  readonly project: Project;
}

/** The templates of a project, by name and then the highest version first; those that have not their shape are left out. */
export function loadTemplates(folder: string): Pick<ReadProject, 'templates' | 'project'> {
  const { templates, project } = readProject(loadProject(folder));
  const sorted = templates.toSorted(
    ({ template: one }, { template: other }) =>
      one.name.localeCompare(other.name) || semver.compareLoose(other.version, one.version),
  );
  return { templates: sorted, project };
}

/**
 * The template that a text names: a file, or the name of a template of the project, with a version or a range behind an `@`.
 * Without, it is the highest. Throws SW3025.
 */
export function findTemplate(text: string, folder: string): FoundTemplate {
  const isFile = /\.(?:ya?ml|json)$/.test(text);
  const { templates, project } = loadTemplates(isFile ? text : folder);
  const [name = '', range = '*'] = text.split('@');
  const named = isFile ? templates : templates.filter(({ template }) => template.name === name);
  const version = highestInRange(
    named.map(({ template }) => template.version),
    isFile ? '*' : range,
  );
  const found = named.find(({ template }) => template.version === version);
  if (found !== undefined) return { ...found, project };
  throw unknownTemplate(text, { isFile, folder, templates });
}

interface Searched {
  readonly isFile: boolean;
  readonly folder: string;
  readonly templates: readonly SourcedTemplate[];
}

function unknownTemplate(text: string, { isFile, folder, templates }: Searched): StepwrightError {
  const names = [...new Set(templates.map(({ template }) => template.name))];
  const versions = templates.map(({ template }) => `${template.name}@${template.version}`);
  const [name = ''] = text.split('@');
  const hint = names.includes(name)
    ? `there are ${versions.filter((one) => one.startsWith(`${name}@`)).join(', ')}`
    : didYouMean(name, names).hint;
  return new StepwrightError({
    code: 'SW3025',
    kind: 'not-found',
    message: isFile ? `${basename(text)} is no template` : `there is no template "${text}" in ${folder}`,
    hint: hint ?? '"stepwright templates list --project DIR" lists those of a project',
  });
}

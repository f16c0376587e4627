import type { Diagnostic } from '#core/diagnostic.ts';
import type { ListedDocument } from '#definition/document-kind.ts';
import type { Project } from '#definition/project.ts';
import type { SourcedTemplate } from '#definition/template/template.ts';
import { duplicateFiles } from './duplicate-files.ts';
import type { SourcedWorkflow } from './sourced-workflow.ts';
import { validateTemplate } from './template.ts';

/** The templates of a project. */
export interface ReadTemplates {
  readonly templates: readonly SourcedTemplate[];
  /** The workflows that they were tried as. */
  readonly tried: readonly SourcedWorkflow[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads and checks the templates among the files of a project. */
export function readTemplates(documents: readonly ListedDocument[], project: Project): ReadTemplates {
  const all = documents
    .filter(({ kind }) => kind === 'template')
    .map(({ source }) => ({ source, ...validateTemplate(source, project) }));
  const templates = all.flatMap(({ source, template }) =>
    template === undefined ? [] : [{ source, template }],
  );
  return {
    templates,
    tried: all.flatMap(({ tried }) => tried ?? []),
    diagnostics: [...all.flatMap(({ diagnostics }) => diagnostics), ...duplicateVersions(templates)],
  };
}

/** Of a template in a version, a project has one file. */
function duplicateVersions(templates: readonly SourcedTemplate[]): readonly Diagnostic[] {
  const files = templates.map(({ source, template: { name, version } }) => ({
    ...{ source, key: 'template', name: `the template ${name} ${version}` },
  }));
  return duplicateFiles(files, { code: 'SW1808', hint: 'give one of the two another name or version' });
}

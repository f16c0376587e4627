import type { Diagnostic } from '#core/diagnostic.ts';
import { isJsonObject } from '#core/json.ts';
import { knownDecisions } from '#definition/decision/read-decision.ts';
import type { ProjectFiles } from '#definition/load.ts';
import type { Workflow } from '#definition/model.ts';
import { allSteps } from '#definition/nested-lists.ts';
import { calleesOf } from '#definition/pin-versions.ts';
import { type Project, readProjectFile } from '#definition/project.ts';
import { readWorkflow } from '#definition/read-workflow.ts';
import type { Source } from '#definition/source.ts';
import type { SourcedTemplate } from '#definition/template/template.ts';
import { byPlace } from './by-place.ts';
import { capabilitiesIn } from './capabilities.ts';
import { readCatalogue } from './catalogue.ts';
import { checkDocuments } from './documents/documents.ts';
import { checkProjectNotifications } from './documents/receivers.ts';
import { duplicateFiles } from './duplicate-files.ts';
import { unitsHeldBy } from './held-units.ts';
import { checkLockOrder } from './lock-order/lock-order.ts';
import type { SourcedWorkflow } from './sourced-workflow.ts';
import { readTemplates } from './templates.ts';
import { type ValidatedWorkflow, validateWorkflow } from './validate.ts';

/** A project that has been looked at. */
export interface ReadProject {
  readonly project: Project;
  /** Those that were asked for, then those that they call. To be run only when no diagnostic is an error. */
  readonly workflows: readonly SourcedWorkflow[];
  readonly templates: readonly SourcedTemplate[];
  /** The workflows that templates were tried as, with their defaults and examples. */
  readonly tried: readonly SourcedWorkflow[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads the workflows of a project with its catalogue, and tells all that is wrong with its files, by file and place. */
export function readProject(files: ProjectFiles): ReadProject {
  const { workflows, neighbours, commands, file, documents, decisions } = files;
  const { catalogue, diagnostics: ofCatalogue } = readCatalogue(commands);
  const settings = file === undefined ? undefined : readProjectFile(file);
  const sources = [...workflows, ...neighbours];
  const project: Project = {
    catalogue,
    pools: settings?.pools,
    groups: settings?.groups,
    notifications: settings?.notifications,
    events: settings?.events ?? [],
    workflows: versionsIn(sources),
    decisions: decisions && knownDecisions(decisions),
    capabilities: capabilitiesIn(documents),
  };
  const asked = workflows.map((source) => validated(source, project));
  const called = calledBy(asked, neighbours, project);
  const all = [...asked, ...called];
  const { templates, tried, diagnostics: ofTemplates } = readTemplates(documents, project);
  return {
    project,
    templates,
    tried,
    workflows: sourcedIn(all),
    diagnostics: byPlace([
      ...ofCatalogue,
      ...(settings?.diagnostics ?? []),
      ...(file === undefined ? [] : checkProjectNotifications(settings?.notifications, file)),
      ...all.flatMap((each) => each.diagnostics),
      ...duplicateVersions(all),
      ...lockOrderOf(sourcedIn(asked), neighbours, project),
      ...ofTemplates,
      ...checkDocuments(documents),
    ]),
  };
}

/** All that is wrong with the files of a project, by file and place. */
export function validateProject(files: ProjectFiles): readonly Diagnostic[] {
  return readProject(files).diagnostics;
}

type Validated = ValidatedWorkflow & { readonly source: Source };

function validated(source: Source, project: Project): Validated {
  return { source, ...validateWorkflow(source, project) };
}

/** The neighbours that some workflows call, and those that these call. */
function calledBy(
  asked: readonly Validated[],
  neighbours: readonly Source[],
  project: Project,
): readonly Validated[] {
  const left = new Map(neighbours.map((source) => [source, identityOf(source)?.name]));
  const found: Validated[] = [];
  const visit = ({ workflow }: Validated): void => {
    const names = new Set(workflow === undefined ? [] : calleesOf(workflow).map((step) => step.workflow));
    for (const [source, name] of [...left]) {
      if (name === undefined || !names.has(name)) continue;
      left.delete(source);
      const called = validated(source, project);
      found.push(called);
      visit(called);
    }
  };
  for (const each of asked) visit(each);
  return found;
}

function sourcedIn(read: readonly Validated[]): readonly SourcedWorkflow[] {
  return read.flatMap(({ source, workflow }) => (workflow === undefined ? [] : [{ source, workflow }]));
}

/** Those who only stand beside are read when there is something to be told: a lock in what was asked for. */
function lockOrderOf(
  asked: readonly SourcedWorkflow[],
  neighbours: readonly Source[],
  project: Project,
): readonly Diagnostic[] {
  if (!asked.some(({ workflow }) => takesUnits(workflow))) return [];
  const others = neighbours.flatMap((source) => {
    const { workflow } = readWorkflow(source, project.catalogue);
    return workflow === undefined ? [] : [{ source, workflow }];
  });
  return checkLockOrder({ project, asked, others });
}

function takesUnits({ concurrency, steps }: Workflow): boolean {
  return concurrency !== undefined || [...allSteps(steps)].some((step) => unitsHeldBy(step) !== undefined);
}

function versionsIn(sources: readonly Source[]): ReadonlyMap<string, readonly string[]> {
  const identities = sources.flatMap((source) => identityOf(source) ?? []);
  const byName = Map.groupBy(identities, ({ name }) => name);
  return new Map([...byName].map(([name, own]) => [name, own.map(({ version }) => version)]));
}

/** What a file says that it is, whatever else is wrong with it. */
function identityOf({ value }: Source): { readonly name: string; readonly version: string } | undefined {
  if (!isJsonObject(value)) return undefined;
  const { name, version } = value;
  return typeof name === 'string' && typeof version === 'string' ? { name, version } : undefined;
}

/** Of a workflow in a version, a project has one file. */
function duplicateVersions(all: readonly Validated[]): readonly Diagnostic[] {
  const files = all.flatMap(({ source, workflow }) =>
    workflow === undefined ? [] : [{ source, name: `${workflow.name} ${workflow.version}`, key: 'name' }],
  );
  return duplicateFiles(files, { code: 'SW1212', hint: 'give one of the two another name or version' });
}

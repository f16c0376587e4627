import semver from 'semver';
import { z } from 'zod';
import type { Clock } from '#core/clock.ts';
import { StepwrightError } from '#core/error.ts';
import { highestInRange } from '#definition/pin-versions.ts';
import { Source } from '#definition/source.ts';
import { readTemplate, type SourcedTemplate } from '#definition/template/template.ts';
import { templateKeys } from '#table/keys.ts';
import { ConditionFailed, type Table } from '#table/table.ts';
import { noteLatest, publishedVersions, type VersionSummary } from './workflow-latest.ts';
import { type WorkflowSummary, WorkflowSummarySchema } from './workflow-store.ts';

/** A published version of a template. It never changes. */
export interface TemplateVersion extends SourcedTemplate {
  /** Milliseconds since the Unix epoch. */
  readonly publishedAt: number;
}

/** What is told of a template in a list. */
export type TemplateSummary = WorkflowSummary;

/** The store and the time. */
export interface TemplatePorts {
  readonly table: Table;
  readonly clock: Clock;
}

/** Items of DynamoDB have 400 KB; ours leave some for the rest. */
const MAX_SOURCE_BYTES = 380_000;

const VersionItemSchema = z.object({ source: z.string(), publishedAt: z.number() });

/**
 * Publishes a version of a template. Publishing equal content again changes nothing; other content under a used version is
 * refused with SW4021, a text that is too long with SW4022. Says whether it is new.
 */
export async function publishTemplate(
  { table, clock }: TemplatePorts,
  { source, template }: SourcedTemplate,
): Promise<{ readonly version: TemplateVersion; readonly isNew: boolean }> {
  const { name, version, description } = template;
  refuseTooLarge(source);
  const publishedAt = clock.now();
  const item = {
    ...templateKeys.version(name, version),
    ...{ name, version, source: source.text, publishedAt },
    ...(description === undefined ? {} : { description }),
  };
  try {
    await table.put(item, { exists: false });
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
    return { version: same(await getTemplate(table, name, version), source), isNew: false };
  }
  await noteLatest(table, name, templateKeys);
  return { version: { template, source, publishedAt }, isNew: true };
}

function same(known: TemplateVersion, source: Source): TemplateVersion {
  if (JSON.stringify(known.source.value) === JSON.stringify(source.value)) return known;
  const { name, version } = known.template;
  throw new StepwrightError({
    code: 'SW4021',
    kind: 'conflict',
    message: `the template ${name} ${version} is published with other content`,
    hint: 'a published version never changes: raise "version" and publish again',
  });
}

function refuseTooLarge({ text }: Source): void {
  const bytes = Buffer.byteLength(text);
  if (bytes <= MAX_SOURCE_BYTES) return;
  throw new StepwrightError({
    code: 'SW4022',
    kind: 'invalid',
    message: `the template has ${bytes} bytes, more than the ${MAX_SOURCE_BYTES} that are stored`,
    hint: 'split its workflow into several',
  });
}

/**
 * A version of a template: the one named, the highest of a range such as `^1.2`, or the latest where none, or `latest`, is
 * asked for. Throws SW4049.
 */
export async function getTemplate(table: Table, name: string, version = 'latest'): Promise<TemplateVersion> {
  const exact = await exactVersion(table, name, version);
  const item = exact === undefined ? undefined : await table.get(templateKeys.version(name, exact));
  if (item === undefined) throw unknownTemplate(`${name} ${version}`);
  const { source: text, publishedAt } = VersionItemSchema.parse(item);
  const source = Source.parse(`${name}@${exact}`, text);
  const { template } = readTemplate(source);
  if (template === undefined) throw new Error(`the stored template ${name} ${exact} cannot be read`);
  return { template, source, publishedAt };
}

async function exactVersion(table: Table, name: string, version: string): Promise<string | undefined> {
  if (version === 'latest') return (await getTemplateSummary(table, name)).latest;
  if (semver.valid(version) !== null) return version;
  if (semver.validRange(version) === null) return undefined;
  const versions = await publishedVersions(table, name, templateKeys);
  return highestInRange(
    versions.map((one) => one.version),
    version,
  );
}

/** What is told of one template. Throws SW4049. */
export async function getTemplateSummary(table: Table, name: string): Promise<TemplateSummary> {
  const item = await table.get(templateKeys.meta(name));
  if (item === undefined) throw unknownTemplate(name);
  return WorkflowSummarySchema.parse(item);
}

/** One page of all templates, by name. */
export async function listTemplates(
  table: Table,
  page: { readonly limit?: number; readonly cursor?: string } = {},
): Promise<{ readonly templates: readonly TemplateSummary[]; readonly cursor?: string }> {
  const { items, cursor } = await table.query({ index: 'gsi1', partition: templateKeys.all, ...page });
  const templates = items.map((item) => WorkflowSummarySchema.parse(item));
  return { templates, ...(cursor === undefined ? {} : { cursor }) };
}

/** Every published version of a template, the highest first. Throws SW4049. */
export async function listTemplateVersions(table: Table, name: string): Promise<readonly VersionSummary[]> {
  const versions = await publishedVersions(table, name, templateKeys);
  if (versions.length === 0) throw unknownTemplate(name);
  return versions;
}

function unknownTemplate(name: string): StepwrightError {
  return new StepwrightError({
    code: 'SW4049',
    kind: 'not-found',
    message: `no template "${name}" is published`,
    hint: 'publish it with POST /v1/templates; GET /v1/templates lists those that are',
  });
}

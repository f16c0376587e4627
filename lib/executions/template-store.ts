import { readTemplate, type SourcedTemplate } from '#definition/template/template.ts';
import { templateKeys } from '#table/keys.ts';
import type { Table } from '#table/table.ts';
import { VersionStore, type VersionStorePorts } from './version-store.ts';

/** A published version of a template. It never changes. */
export interface TemplateVersion extends SourcedTemplate {
  /** Milliseconds since the Unix epoch. */
  readonly publishedAt: number;
}

/** The published templates. */
export const TEMPLATES = new VersionStore({
  noun: 'template',
  keys: templateKeys,
  unknown: {
    code: 'SW4049',
    hint: 'publish it with POST /v1/templates; GET /v1/templates lists those that are',
  },
  whenTooLarge: 'split its workflow into several',
});

/**
 * Publishes a version of a template. Publishing equal content again changes nothing; other content under a used version is
 * refused with SW4021, a text that is too long with SW4022. Says whether it is new.
 */
export async function publishTemplate(
  ports: VersionStorePorts,
  { source, template }: SourcedTemplate,
): Promise<{ readonly version: TemplateVersion; readonly isNew: boolean }> {
  const { name, version, description } = template;
  const { stored, isNew } = await TEMPLATES.publish(ports, { name, version, description, source });
  return { version: { template, source: stored.source, publishedAt: stored.publishedAt }, isNew };
}

/**
 * A version of a template: the one named, the highest of a range such as `^1.2`, or the latest where none, or `latest`, is
 * asked for. Throws SW4049.
 */
export async function getTemplate(table: Table, name: string, version = 'latest'): Promise<TemplateVersion> {
  const { source, publishedAt } = await TEMPLATES.get(table, name, version);
  const { template } = readTemplate(source);
  if (template === undefined) throw new Error(`the stored template ${source.file} cannot be read`);
  return { template, source, publishedAt };
}

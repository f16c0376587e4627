import * as z from 'zod';
import { publishTemplateText } from '#api/templates.ts';
import type { Json } from '#core/json.ts';
import type { VersionStorePorts } from '#executions/version-store.ts';

const TemplateDocumentSchema = z.object({ template: z.string() });

/** Documents of templates are named `zone-check@1.0.0.template`; no version ends like that. */
export function isTemplateDocument(document: string): boolean {
  return document.endsWith('.template') && document.includes('@');
}

/** Publishes a template that has been deployed, as the API does. Throws SW4002, SW4021 and SW4022. */
export function createPublishTemplate(ports: VersionStorePorts): (payload: unknown) => Promise<Json> {
  return async (payload) => {
    const { template: text } = TemplateDocumentSchema.parse(payload);
    const { version, isNew } = await publishTemplateText(ports, text);
    return { template: version.template.name, version: version.template.version, isNew };
  };
}

import * as z from 'zod';
import { publishDecisionText } from '#api/decisions.ts';
import type { Json } from '#core/json.ts';
import type { VersionStorePorts } from '#executions/version-store.ts';

const DecisionDocumentSchema = z.object({ decision: z.string() });

/** Documents of decisions are named `wave-policy@1.0.0`; names of machines have no `@`. */
export function isDecisionDocument(document: string): boolean {
  return document.includes('@');
}

/**
 * Publishes a decision that has been deployed, as the API does: it goes by the versions that are published by then. Throws
 * SW4002, SW4021 and SW4022.
 */
export function createPublishDecision(ports: VersionStorePorts): (payload: unknown) => Promise<Json> {
  return async (payload) => {
    const { decision: text } = DecisionDocumentSchema.parse(payload);
    const { version, isNew } = await publishDecisionText(ports, text);
    return { decision: version.file.decision, version: version.file.version, isNew };
  };
}

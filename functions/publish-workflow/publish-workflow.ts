import * as z from 'zod';
import { CompiledWorkflowSchema } from '#compiler/compiled-workflow.ts';
import type { Json } from '#core/json.ts';
import { type PublishPorts, publishWorkflow } from '#executions/workflow-store.ts';

const PublicationSchema = z.object({ compiled: CompiledWorkflowSchema, source: z.string() });

/** Puts a workflow on record whose machine has been deployed with the stacks. */
export function createPublishWorkflow(
  ports: Omit<PublishPorts, 'engine'>,
): (payload: unknown) => Promise<Json> {
  return async (payload) => {
    const { compiled, source } = PublicationSchema.parse(payload);
    const { version, isNew } = await publishWorkflow({ ...ports, engine: undefined }, compiled, source);
    return { workflow: version.compiled.name, version: version.compiled.version, isNew };
  };
}

import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { connectPorts } from '../ports.ts';
import { lambdaHandler } from '../shell.ts';
import { serveCustomResource } from './custom-resource.ts';
import { createPublishWorkflow } from './publish-workflow.ts';

const publishWorkflow = createPublishWorkflow(await connectPorts());

/** The documents are part of the bundle: a compiled workflow is too large for a template. */
export const handler = lambdaHandler((event: unknown) =>
  serveCustomResource(event, async (document) => {
    const file = join(import.meta.dirname, 'workflows', `${basename(document)}.json`);
    await publishWorkflow(JSON.parse(readFileSync(file, 'utf8')));
  }),
);

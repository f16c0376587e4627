import type * as z from 'zod';
import { UndoDrillDocument } from '#api/undo-drill-documents.ts';
import { callApi, type Server } from '../api-client.ts';
import type { DrilledWorkflow } from './drilled-workflow.ts';

/** What the server knows of the undo of a version. */
export type RecordedDrill = z.output<typeof UndoDrillDocument>;

/** Puts on record what was found of a published version. Throws SW4043 where it is not published, SW4021 where its text is another. */
export async function sendDrill(
  server: Server,
  { workflow, version, digest, steps }: DrilledWorkflow,
): Promise<RecordedDrill> {
  const proofs = steps.map(({ step, isProven, reason }) => {
    return { step, isProven, ...(reason === undefined ? {} : { reason }) };
  });
  const path = ['workflows', workflow, 'versions', version, 'drill'];
  const call = { method: 'PUT', path, body: { digest, steps: proofs }, answer: UndoDrillDocument } as const;
  return (await callApi(server, call)).document;
}

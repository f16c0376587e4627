import * as z from 'zod';
import { JsonObjectSchema } from '#core/json.ts';
import { OPERATIONS, type OperatorAction } from '#executions/operate/action.ts';
import { instant } from './documents.ts';

/** An event of a history as a document. */
export const EventDocumentSchema = z
  .object({
    id: z.number().int(),
    previousEventId: z.number().int(),
    type: z.string().describe("Step Functions' own event type."),
    timestamp: z.string(),
    details: JsonObjectSchema,
  })
  .meta({ id: 'HistoryEvent' });

/** What an operator has done to an execution, as a document. */
export const ActionDocumentSchema = z
  .object({
    id: z.string(),
    at: z.string(),
    by: z.string().describe('Who wanted it.'),
    operation: z.enum(OPERATIONS),
    reason: z.string().optional().describe('Why.'),
    details: JsonObjectSchema.describe('What it was done with, such as the step and its output.'),
    refused: z.string().optional().describe('Why nothing came of it.'),
  })
  .meta({ id: 'OperatorAction' });

/** A page of a history. */
export const HistoryDocumentSchema = z.object({
  events: z.array(EventDocumentSchema),
  actions: z
    .array(ActionDocumentSchema)
    .describe('What operators have done, all of it, with the first page; empty with the others.'),
});

/** What an operator has done, as a document. */
export function toActionDocument({ at, ...rest }: OperatorAction): z.input<typeof ActionDocumentSchema> {
  return { ...rest, at: instant(at) };
}

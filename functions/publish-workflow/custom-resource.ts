import * as z from 'zod';

const PublicationSchema = z.object({
  document: z.string(),
  /** In place of what the document says: where people reach the API. */
  publicUrl: z.string().optional(),
});

/** What is to be published. */
export type Publication = z.infer<typeof PublicationSchema>;

/** What CloudFormation asks of a custom resource (CloudFormation User Guide, "Custom resource request objects"). */
const RequestSchema = z.object({
  RequestType: z.enum(['Create', 'Update', 'Delete']),
  ResponseURL: z.string(),
  StackId: z.string(),
  RequestId: z.string(),
  LogicalResourceId: z.string(),
  PhysicalResourceId: z.string().optional(),
  ResourceProperties: PublicationSchema,
});

/** The same asked for directly, by who has no custom resources. */
const DirectSchema = z.strictObject(PublicationSchema.shape);

/** Longest reason that CloudFormation takes, its whole answer having 4 KB. */
const MAX_REASON = 2_000;

/** What is done with publications. */
export interface Publisher {
  publish(publication: Publication): Promise<void>;
  /** Of one that is deployed no more. Versions stay, as executions may run them. */
  withdraw(publication: Publication): Promise<void>;
}

/**
 * Serves a custom resource: `publish` is called with what is to be published for a new or changed resource, `withdraw` for a deleted
 * one. The answer goes to the URL that CloudFormation gave. `{document}` alone publishes it, and throws what goes wrong.
 */
export async function serveCustomResource(event: unknown, publisher: Publisher): Promise<void> {
  const direct = DirectSchema.safeParse(event);
  if (direct.success) return publisher.publish(direct.data);
  const request = RequestSchema.parse(event);
  const publication = request.ResourceProperties;
  const failure = await failureOf(() =>
    request.RequestType === 'Delete' ? publisher.withdraw(publication) : publisher.publish(publication),
  );
  const answer = {
    Status: failure === undefined ? 'SUCCESS' : 'FAILED',
    ...(failure === undefined ? {} : { Reason: failure.slice(0, MAX_REASON) }),
    PhysicalResourceId: request.PhysicalResourceId ?? publication.document,
    StackId: request.StackId,
    RequestId: request.RequestId,
    LogicalResourceId: request.LogicalResourceId,
  };
  await fetch(request.ResponseURL, { method: 'PUT', body: JSON.stringify(answer) });
}

/** CloudFormation waits an hour for an answer that does not come, so that every failure is answered. */
async function failureOf(work: () => Promise<void>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

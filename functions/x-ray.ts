import { PutTraceSegmentsCommand, type XRayClient } from '@aws-sdk/client-xray';
import type { TraceSpan } from '#monitoring/traces/span.ts';
import { segmentDocuments } from './trace-segments.ts';

/** As many as the daemon of X-Ray sends at once. */
const DOCUMENTS_AT_ONCE = 50;

/** Writes spans to X-Ray. Throws where X-Ray takes none of them; gives how many it refused. */
export async function putSegments(client: XRayClient, spans: readonly TraceSpan[]): Promise<number> {
  const documents = segmentDocuments(spans);
  let refused = 0;
  for (let from = 0; from < documents.length; from += DOCUMENTS_AT_ONCE) {
    const some = documents.slice(from, from + DOCUMENTS_AT_ONCE);
    const put = new PutTraceSegmentsCommand({ TraceSegmentDocuments: some });
    refused += (await client.send(put)).UnprocessedTraceSegments?.length ?? 0;
  }
  return refused;
}

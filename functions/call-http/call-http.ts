import * as z from 'zod';
import {
  type CallHttpRequest,
  CallHttpRequestSchema,
  UndoHttpRequestSchema,
} from '#compiler/call-payload.ts';
import type { Json } from '#core/json.ts';
import { serveTask } from '#engine/serve-task.ts';
import { beginHttp, doneHttp, failedHttp } from '#executions/http-call.ts';
import { noteFailure, tryOfCall } from '#executions/http-try.ts';
import type { ExecutionPorts } from '#executions/ports.ts';
import { askAboutHttp, undoHttp } from '#executions/undo-http.ts';
import { answerOf, refuseUnexpected } from '#integrations/call-http.ts';
import { withCache } from '#integrations/result-cache.ts';

type Ports = Pick<ExecutionPorts, 'table' | 'engine' | 'clock' | 'secrets' | 'allowedHosts' | 'exchange'>;

const UndoSchema = z.object({ undoes: z.string() });

/** Makes the call of a step, or the one that undoes it, and answers its task. */
export function createCallHttp(ports: Ports): (payload: unknown) => Promise<void> {
  return (payload) => {
    if (UndoSchema.safeParse(payload).success) {
      return serveTask(ports.engine, { schema: UndoHttpRequestSchema, payload }, async (request) => {
        await (request.asks ? askAboutHttp(ports, request) : undoHttp(ports, request));
        await ports.engine.succeedTask(request.taskToken, {});
      });
    }
    return serveTask(ports.engine, { schema: CallHttpRequestSchema, payload }, async (request) => {
      const own = await tryOfCall(ports, request);
      const result = await withCache(ports, own, () => recordedCall(ports, own));
      await ports.engine.succeedTask(request.taskToken, result);
    });
  };
}

/** What can be undone is on record before it is done, so that it is not forgotten when this process ends meanwhile. */
async function recordedCall(ports: Ports, request: CallHttpRequest): Promise<Json> {
  await beginHttp(ports, request);
  try {
    const result = await answerOf(ports, request).catch(async (error: unknown) => {
      await failedHttp(ports, request, error);
      throw error;
    });
    await doneHttp(ports, request, result);
    await refuseUnexpected(request, result);
    return result;
  } catch (error) {
    await noteFailure(ports, request, error);
    throw error;
  }
}

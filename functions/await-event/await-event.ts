import * as z from 'zod';
import { AwaitEventRequestSchema, TellRequestSchema } from '#compiler/wait-payload.ts';
import { serveTask } from '#engine/serve-task.ts';
import { awaitEvent } from '#signals/await-event.ts';
import type { SignalPorts } from '#signals/ports.ts';
import { sendSignal } from '#signals/signal.ts';

const RequestSchema = z.discriminatedUnion('action', [TellRequestSchema, AwaitEventRequestSchema]);

/** Begins to wait for an event, whose teller completes the step's task; or tells the execution itself of one. */
export function createAwaitEvent(ports: SignalPorts): (payload: unknown) => Promise<void> {
  return (payload) =>
    serveTask(ports.engine, { schema: RequestSchema, payload }, async (request) => {
      if (request.action === 'await') {
        await awaitEvent(ports, request);
        return;
      }
      const { execution, event: name, data, taskToken } = request;
      await sendSignal(ports, execution, { name, data });
      await ports.engine.succeedTask(taskToken, {});
    });
}

import { AwaitEventRequestSchema } from '#compiler/wait-payload.ts';
import { serveTask } from '#engine/serve-task.ts';
import { awaitEvent } from '#signals/await-event.ts';
import type { SignalPorts } from '#signals/ports.ts';

/** Begins to wait for an event; whoever tells of it completes the step's task. */
export function createAwaitEvent(ports: SignalPorts): (payload: unknown) => Promise<void> {
  return (payload) =>
    serveTask(ports.engine, { schema: AwaitEventRequestSchema, payload }, async (request) => {
      await awaitEvent(ports, request);
    });
}

import { createServer, type IncomingMessage } from 'node:http';
import * as z from 'zod';
import { type Json, type JsonObject, JsonSchema } from '#core/json.ts';
import type { Machine } from '#engine/engine.ts';

/** What the engine asks the worker to do; `life` counts the processes of the engine. */
export const WorkSchema = z.object({
  key: z.string(),
  payload: JsonSchema,
  token: z.string().optional(),
  life: z.number(),
});
/** What a client asks the engine to start. */
export const StartSchema = z.object({ name: z.string(), input: JsonSchema });
/** How the worker answers a token. */
export const AnswerSchema = z.object({ token: z.string(), output: JsonSchema });
/** What the engine makes of it. */
export const TakenSchema = z.object({ taken: z.enum(['accepted', 'gone']), life: z.number() });

/** Serves JSON over HTTP on this port of the loopback; 0 is any. Gives the port. */
export async function serveJson(
  port: number,
  handle: (path: string, body: unknown) => Promise<Json>,
): Promise<number> {
  const server = createServer((request, response) => {
    void bodyOf(request)
      .then((body) => handle(request.url ?? '/', body))
      .then(
        (answer) => response.end(JSON.stringify(answer)),
        (error: unknown) => response.writeHead(500).end(String(error)),
      );
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return z.object({ port: z.number() }).parse(server.address()).port;
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return JSON.parse(Buffer.concat(chunks).toString());
}

/** Posts JSON; throws when nobody is there, or the answer is no 200. */
export async function postJson(url: string, body: unknown): Promise<unknown> {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}

function work(step: string, more: JsonObject): JsonObject {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Arguments: { FunctionName: `\${WorkFunctionArn}`, Payload: { step, input: '{% $states.input %}' } },
    Output: '{% $states.result.Payload %}',
    ...more,
  };
}

/** How many tries of tasks one execution of the machine has. */
export const TASKS_OF_ONE = 8;

/** Calls, tokens, a wait, branches and iterations; each task tells of its input. */
export const MACHINE: Machine = {
  name: 'load',
  definition: {
    QueryLanguage: 'JSONata',
    StartAt: 'first',
    States: {
      first: work('first', { Next: 'both' }),
      both: {
        Type: 'Parallel',
        Branches: [
          {
            StartAt: 'left',
            States: { left: work('left', { Next: 'left2' }), left2: work('left2', { End: true }) },
          },
          {
            StartAt: 'pause',
            States: {
              pause: { Type: 'Wait', Seconds: '{% 0.05 %}', Next: 'ask' },
              ask: {
                Type: 'Task',
                Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
                Arguments: {
                  FunctionName: `\${AskFunctionArn}`,
                  Payload: {
                    step: 'ask',
                    input: '{% $states.input %}',
                    token: '{% $states.context.Task.Token %}',
                  },
                },
                End: true,
              },
            },
          },
        ],
        Next: 'each',
      },
      each: {
        Type: 'Map',
        Items: '{% [1..3].{ "n": $, "id": $uuid() } %}',
        MaxConcurrency: 2,
        ItemProcessor: { StartAt: 'item', States: { item: work('item', { End: true }) } },
        Next: 'last',
      },
      last: work('last', { Output: '{% $states.context.Execution.Input.n %}', End: true }),
    },
  },
};

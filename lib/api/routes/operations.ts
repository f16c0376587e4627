import * as z from 'zod';
import { EventNameSchema } from '#compiler/wait-payload.ts';
import { JsonSchema } from '#core/json.ts';
import type { Execution } from '#executions/execution.ts';
import { beginNextWave } from '#executions/operate/next-wave.ts';
import { pauseExecution, resumeExecution } from '#executions/operate/pause.ts';
import { redriveExecution } from '#executions/operate/redrive.ts';
import { rollbackExecution } from '#executions/operate/rollback.ts';
import { signalExecution } from '#executions/operate/signal.ts';
import { skipStep } from '#executions/operate/skip.ts';
import { stopByOperator } from '#executions/operate/stop.ts';
import type { ExecutionPorts } from '#executions/ports.ts';
import { ExecutionSummarySchema, toExecutionSummary } from '../documents.ts';
import { OperatorBody } from '../operator-body.ts';
import { defineRoute, type Route, UNREAD } from '../route.ts';

const StopBody = OperatorBody.extend({
  keep: z.boolean().default(false).describe('Whether what it completed stays, instead of being undone.'),
});

const RedriveBody = OperatorBody.extend({
  version: z
    .string()
    .optional()
    .describe('A newer published version, in which what has been done stands unchanged; default: its own.'),
});

const RollbackBody = OperatorBody.extend({
  unknown: z
    .enum(['undo', 'keep'])
    .optional()
    .describe(
      'Of the commands of which it is unknown what they did: undo them, or take them to have had no effect. Default: ask about them where that can be done.',
    ),
});

const SkipBody = OperatorBody.extend({
  path: z.string().min(1).max(1_024).describe('The step, such as rollout[3].flash.'),
  output: JsonSchema.default(null).describe('What stands in for its result.'),
});

const NextWaveBody = OperatorBody.extend({
  path: z
    .string()
    .min(1)
    .max(1_024)
    .optional()
    .describe('The forEach, such as rollout; default: every one that waits between its waves.'),
});

const SignalBody = OperatorBody.extend({
  name: EventNameSchema,
  data: JsonSchema.default({}).describe('What expressions see as $event.'),
});

interface Operation<Body extends z.ZodType> {
  readonly verb: string;
  readonly summary: string;
  readonly answer: string;
  readonly body: Body;
  readonly work: (ports: ExecutionPorts, id: string, body: z.infer<Body>) => Promise<Execution>;
}

/** A route that changes an execution, and answers with how it then stands. */
function operation<Body extends z.ZodType>({ verb, summary, answer, body, work }: Operation<Body>): Route {
  return defineRoute({
    ...{ method: 'POST', path: `/v1/executions/{id}/${verb}`, summary, query: UNREAD, body },
    answers: { 202: { description: answer, schema: ExecutionSummarySchema } },
    serve: async (ports, { params, body: asked }) => {
      const execution = await work(ports, params['id'] ?? '', asked);
      return { status: 202, document: toExecutionSummary(execution) };
    },
  });
}

/** Routes by which operators reach into executions. */
export const OPERATION_ROUTES: readonly Route[] = [
  operation({
    verb: 'stop',
    summary: 'Stop an execution; what it completed is undone, or stays',
    answer: 'Being stopped.',
    body: StopBody,
    work: stopByOperator,
  }),
  operation({
    verb: 'pause',
    summary: 'Pause an execution: what is under way ends, and nothing else begins until it is resumed',
    answer: 'Paused.',
    body: OperatorBody,
    work: pauseExecution,
  }),
  operation({
    verb: 'resume',
    summary: 'Let a paused execution go on',
    answer: 'Going on.',
    body: OperatorBody,
    work: resumeExecution,
  }),
  operation({
    verb: 'redrive',
    summary: 'Go on with an execution from the steps that did not succeed',
    answer: 'Going on.',
    body: RedriveBody,
    work: redriveExecution,
  }),
  operation({
    verb: 'rollback',
    summary: 'Undo what an execution has left on its devices; what was given up is tried again',
    answer: 'Being rolled back.',
    body: RollbackBody,
    work: rollbackExecution,
  }),
  operation({
    verb: 'skip',
    summary: 'Give a step that waits or has failed an output, and go on after it',
    answer: 'Going on.',
    body: SkipBody,
    work: skipStep,
  }),
  operation({
    verb: 'next',
    summary:
      'Let a rollout that waits between two waves go on now, whatever is left of its soak time and its health',
    answer: 'Going on.',
    body: NextWaveBody,
    work: beginNextWave,
  }),
  defineRoute({
    method: 'POST',
    path: '/v1/executions/{id}/signal',
    summary: 'Tell one execution of an event; it is kept until a step takes it',
    query: UNREAD,
    body: SignalBody,
    answers: {
      202: {
        description: 'Told, or kept.',
        schema: z.object({ taken: z.boolean().describe('Whether a step has taken it already.') }),
      },
    },
    serve: async (ports, { params, body: { name, data, ...operator } }) => {
      const event = { name, data };
      const taken = await signalExecution(ports, params['id'] ?? '', { ...operator, event });
      return { status: 202, document: { taken } };
    },
  }),
];

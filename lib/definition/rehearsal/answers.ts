import * as z from 'zod';
import { JsonSchema } from '#core/json.ts';
import { DurationSchema } from '../fields.ts';

const AfterSchema = DurationSchema.optional()
  .describe('How long that takes; drawn where it is left out.')
  .meta({ examples: ['30s', '2h'] });

const StepPatternSchema = z
  .string()
  .min(1)
  .describe('Id or path of the step, such as flash or rollout[3].flash; `*` stands for any characters.')
  .meta({ examples: ['ask', 'rollout[0].flash'] });

/** Which step is meant. */
export const StepSchema = StepPatternSchema;

const ApprovalAnswerSchema = z
  .strictObject({
    step: StepPatternSchema.optional(),
    group: z
      .string()
      .optional()
      .describe('Only approvals of this group.')
      .meta({ examples: ['ops'] }),
    decision: z
      .enum(['approve', 'reject', 'none'])
      .describe('What is said; `none`: nobody says anything.')
      .meta({ examples: ['approve', 'reject'] }),
    by: z
      .string()
      .optional()
      .describe('Who says it; default rehearsal.')
      .meta({ examples: ['ann'] }),
    after: AfterSchema,
  })
  .describe('How an approval is answered.');

const HttpAnswerSchema = z
  .strictObject({
    step: StepPatternSchema.optional(),
    url: z
      .string()
      .optional()
      .describe('Only calls of this address; `*` stands for any characters.')
      .meta({ examples: ['https://weather.example/*'] }),
    method: z
      .enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'])
      .optional()
      .describe('Only calls by this method.'),
    times: z
      .int()
      .min(1)
      .optional()
      .describe('Only so many calls; those after them find the next answer. Default: all.')
      .meta({ examples: [1] }),
    status: z
      .int()
      .min(100)
      .max(599)
      .optional()
      .describe('Status of the answer; default 200.')
      .meta({ examples: [503] }),
    headers: z
      .record(z.string(), z.string())
      .optional()
      .describe('Headers of the answer.')
      .meta({ examples: [{ 'retry-after': '5' }] }),
    body: JsonSchema.optional()
      .describe('Body of the answer; may use $request and $input.')
      .meta({ examples: [{ gusts: 75 }] }),
    error: z
      .enum(['Http.Timeout', 'Http.Unreachable'])
      .optional()
      .describe('There is no answer at all.')
      .meta({ examples: ['Http.Unreachable'] }),
    after: AfterSchema,
  })
  .describe('How a call over HTTP is answered.');

const EventAnswerSchema = z
  .strictObject({
    name: z
      .string()
      .min(1)
      .describe('Name of the event.')
      .meta({ examples: ['vehicle.connected'] }),
    data: z
      .record(z.string(), JsonSchema)
      .optional()
      .describe('What expressions see as $event; may use $input.')
      .meta({ examples: [{ device: '{% $input.station %}' }] }),
    times: z
      .int()
      .min(1)
      .optional()
      .describe('Only so many times. Default: each time a step waits for it.')
      .meta({ examples: [1] }),
    after: AfterSchema,
  })
  .describe('An event that is told once a step waits for it.');

const WorkflowAnswerSchema = z
  .strictObject({
    name: z
      .string()
      .min(1)
      .describe('Name of the workflow that is called.')
      .meta({ examples: ['backup-site'] }),
    output: JsonSchema.optional()
      .describe('What it gives.')
      .meta({ examples: [{ saved: 3 }] }),
    error: z
      .string()
      .min(1)
      .optional()
      .describe('What it fails with.')
      .meta({ examples: ['Site.Closed'] }),
    after: AfterSchema,
  })
  .describe('Stands in for a workflow that is called; any other is really run.');

/** Who answers what executions ask for outside of devices. The first that fits answers. */
export const AnswersSchema = z
  .strictObject({
    approve: z.array(ApprovalAnswerSchema).optional().describe('Answers of approvals.'),
    http: z.array(HttpAnswerSchema).optional().describe('Answers of calls over HTTP.'),
    events: z.array(EventAnswerSchema).optional().describe('Events that come.'),
    workflows: z.array(WorkflowAnswerSchema).optional().describe('What stands in for other workflows.'),
  })
  .describe(
    'What answers approvals, calls, waits for events and other workflows. Approvals are approved and calls get 200 where nothing is said.',
  );

/** Who answers what executions ask for outside of devices. */
export type Answers = z.infer<typeof AnswersSchema>;

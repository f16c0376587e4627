import * as z from 'zod';
import { JsonSchema } from '#core/json.ts';
import { BehaviourSchema, FleetDeviceSchema } from '../fleet.ts';
import { AnswersSchema, StepSchema } from './answers.ts';
import { FaultRatesSchema } from './faults.ts';

const DeviceSchema = z
  .string()
  .min(1)
  .describe('Only on this device; `*` stands for any characters. Default: any.')
  .meta({ examples: ['sensor-8', 'pump-*'] });

const TimesSchema = z
  .int()
  .min(1)
  .describe('How often; default 1 for each device.')
  .meta({ examples: [2] });

const target = { step: StepSchema, device: DeviceSchema.optional(), times: TimesSchema.optional() };

const FailureSchema = z.strictObject({
  ...target,
  error: z
    .string()
    .min(1)
    .max(256)
    .optional()
    .describe('Name that it fails with; default Device.Failed.')
    .meta({ examples: ['Device.Busy'] }),
});

const TargetSchema = z.strictObject(target);
const BrickSchema = z.strictObject({ step: StepSchema, device: DeviceSchema.optional() });
const AfterStepSchema = z.strictObject({ after: StepSchema });

/** Something that goes wrong at one place, with certainty. */
export const InjectionSchema = z
  .union([
    z.strictObject({ fail: FailureSchema.describe('The step fails, and its device does nothing.') }),
    z.strictObject({ lose: TargetSchema.describe('The device does it, and its answer is lost.') }),
    z.strictObject({ brick: BrickSchema.describe('The device does it, and falls silent for good.') }),
    z.strictObject({ undoFails: TargetSchema.describe('The undo of the step fails.') }),
    z.strictObject({ undoLost: TargetSchema.describe('The answer to the undo of the step is lost.') }),
    z.strictObject({ crash: AfterStepSchema.describe('The engine dies after the step, once.') }),
    z.strictObject({ stop: AfterStepSchema.describe('The execution is stopped after the step.') }),
  ])
  .describe('Something that goes wrong at one step.')
  .meta({ examples: [{ fail: { step: 'flash', device: 'pump-1', error: 'Device.Busy' } }] });

/** Something that goes wrong at one place. */
export type Injection = z.infer<typeof InjectionSchema>;

const StepStatusSchema = z.enum([
  ...(['SUCCEEDED', 'FAILED', 'SKIPPED', 'CANCELLED'] as const),
  ...(['COMPENSATED', 'COMPENSATION_FAILED', 'PENDING', 'RUNNING'] as const),
]);

const ExpectationSchema = z
  .strictObject({
    status: z
      .enum(['SUCCEEDED', 'FAILED', 'ROLLED_BACK', 'ROLLBACK_INCOMPLETE', 'STOPPED', 'TIMED_OUT'])
      .optional()
      .describe('How the execution ends; default SUCCEEDED.'),
    error: z
      .string()
      .optional()
      .describe('Name of the error that it ends with.')
      .meta({ examples: ['Device.Rejected'] }),
    output: JsonSchema.optional()
      .describe('Its output, exactly.')
      .meta({ examples: [{ updated: 11 }] }),
    path: z
      .array(z.string())
      .optional()
      .describe('Steps that begin in this order; others may come between.')
      .meta({ examples: [['targets', 'rollout[0].flash', 'rollout[0].check']] }),
    steps: z
      .record(z.string(), StepStatusSchema)
      .optional()
      .describe('How steps end, by path.')
      .meta({ examples: [{ 'rollout[11].flash': 'COMPENSATED' }] }),
    devices: z
      .record(z.string(), z.record(z.string(), JsonSchema))
      .optional()
      .describe('What devices really are in the end, by id; what is left out may be anything.')
      .meta({ examples: [{ 'sensor-8': { firmware: '1.9.0' } }] }),
    commands: z
      .record(z.string(), z.array(z.string()))
      .optional()
      .describe('Commands that devices really carry out, by id, in their order.')
      .meta({ examples: [{ 'pump-1': ['firmware.install', 'health.check'] }] }),
    notifications: z
      .array(z.string())
      .optional()
      .describe('Topics of what people are told, in order.')
      .meta({ examples: [['releases']] }),
  })
  .describe('What has to be true in the end.');

/** What has to be true in the end. */
export type Expectation = z.infer<typeof ExpectationSchema>;

/** Devices that are written where they are used. */
export const InlineFleetSchema = z.strictObject({
  devices: z.array(FleetDeviceSchema).min(1, 'a fleet has at least one device').describe('Its devices.'),
  behaviour: BehaviourSchema.optional().describe('How every device behaves.'),
});

const FleetSchema = z
  .union([z.string(), InlineFleetSchema])
  .describe('Fleet file, by its path from this file; or devices and their behaviour.')
  .meta({ examples: ['fleets/berlin.yaml'] });

const MixSchema = z
  .union([z.enum(['none', 'standard']), FaultRatesSchema])
  .describe('What goes wrong by chance: nothing, the standard mix, or with these chances. Default none.');

const CaseSchema = z
  .strictObject({
    name: z
      .string()
      .min(1)
      .describe('What is shown, as a sentence.')
      .meta({ examples: ['a device that fails its check is put back'] }),
    input: JsonSchema.optional()
      .describe('Input of the workflow; default {}.')
      .meta({ examples: [{ release: '2.1.0', site: 'berlin' }] }),
    fleet: FleetSchema.optional(),
    seed: z
      .int()
      .min(0)
      .optional()
      .describe('Seed of all that is drawn; default 1.')
      .meta({ examples: [7] }),
    inject: z.array(InjectionSchema).optional().describe('What goes wrong at one place, with certainty.'),
    mix: MixSchema.optional(),
    answers: AnswersSchema.optional(),
    expect: ExpectationSchema.optional(),
  })
  .describe('One run of the workflow, and what has to come of it.');

/** One run of the workflow, and what has to come of it. */
export type TestCase = z.infer<typeof CaseSchema>;

/** A file of tests of a workflow. */
export const TestFileSchema = z
  .strictObject({
    stepwright: z.literal(1).describe('Version of the definition language.'),
    test: z
      .string()
      .min(1)
      .describe('Workflow file that is tested, by its path from this file.')
      .meta({ examples: ['firmware-rollout.yaml'] }),
    fleet: FleetSchema.optional(),
    answers: AnswersSchema.optional(),
    cases: z
      .array(CaseSchema)
      .min(1, 'a file of tests has at least one case')
      .describe('The cases, each by itself.'),
  })
  .describe('Tests of a workflow, on simulated devices and in virtual time.');

/** A file of tests of a workflow. */
export type TestFile = z.infer<typeof TestFileSchema>;

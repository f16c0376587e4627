import * as z from 'zod';
import { JsonSchema } from '#core/json.ts';
import { DurationSchema } from './fields.ts';

const ChanceSchema = z
  .number()
  .min(0)
  .max(1)
  .meta({ examples: [0.01] });

const LatencySchema = z
  .union([
    DurationSchema,
    z.strictObject({
      min: DurationSchema.describe('The shortest: 500ms, 60s.'),
      max: DurationSchema.describe('The longest: 500ms, 60s.'),
    }),
  ])
  .describe('How long an answer takes: always the same, or drawn between two.');

/** How a simulated device does one command. */
export const CommandBehaviourSchema = z.strictObject({
  latency: LatencySchema.optional(),
  fail: ChanceSchema.optional().describe('Chance that it fails.'),
  error: z
    .string()
    .max(256)
    .optional()
    .describe('Name that it fails with; default Device.Failed.')
    .meta({ examples: ['Device.Rejected'] }),
  sets: z
    .record(z.string(), JsonSchema)
    .optional()
    .describe('Reported state after success; may use $with, $device and $random().')
    .meta({ examples: [{ firmware: '{% $with.release %}' }] }),
  result: JsonSchema.optional()
    .describe('What it answers with; may use the same names.')
    .meta({ examples: [{ ok: true, firmware: '{% $device.reported.firmware %}' }] }),
});

/** How simulated devices behave. */
export const BehaviourSchema = z.strictObject({
  latency: LatencySchema.optional(),
  lose: ChanceSchema.optional().describe('Chance that an answer is lost.'),
  duplicate: ChanceSchema.optional().describe('Chance that an answer comes twice.'),
  reorder: ChanceSchema.optional().describe('Chance that RUNNING comes after the end.'),
  flap: ChanceSchema.optional().describe('Chance that the connection is lost after a command.'),
  brick: ChanceSchema.optional().describe('Chance that a command silences the device for good.'),
  clockSkew: DurationSchema.optional().describe("How far the device's clock is ahead."),
  commands: z
    .record(z.string(), CommandBehaviourSchema)
    .optional()
    .describe('How single commands are done, by name; any other succeeds with nothing.')
    .meta({ examples: [{ 'firmware.install': { latency: '200ms', fail: 0.02 } }] }),
});

/** A device of a fleet, or many alike. */
export const FleetDeviceSchema = z.strictObject({
  id: z
    .string()
    .describe('Id; with `count`, with {n} in it, which counts from 1.')
    .meta({ examples: ['pump-1', 'sensor-{n}'] }),
  count: z
    .number()
    .int()
    .min(1)
    .optional()
    .describe('How many devices this stands for.')
    .meta({ examples: [50] }),
  type: z
    .string()
    .optional()
    .describe('What it is.')
    .meta({ examples: ['pump', 'sensor'] }),
  zone: z
    .string()
    .optional()
    .describe('Where it is.')
    .meta({ examples: ['berlin/hall-2'] }),
  capabilities: z
    .record(z.string(), z.string())
    .optional()
    .describe('What it can do: capability to its version.')
    .meta({ examples: [{ ota: '2.1.0' }] }),
  tags: z
    .record(z.string(), z.string())
    .optional()
    .describe('Words to find it by.')
    .meta({ examples: [{ site: 'berlin' }] }),
  reported: z
    .record(z.string(), JsonSchema)
    .optional()
    .describe('State that it reports at first.')
    .meta({ examples: [{ firmware: '1.9.0', battery: 80 }] }),
  connected: z.boolean().optional().describe('Whether it connects at all; default true.'),
  behaviour: BehaviourSchema.optional().describe(
    'Takes the place of the same parts of the behaviour of all.',
  ),
});

/** A fleet file: devices to register, and how the simulated ones behave. */
export const FleetFileSchema = z
  .strictObject({
    stepwright: z.literal(1).describe('Version of the definition language.'),
    fleet: z
      .string()
      .min(1)
      .describe('Name of the fleet.')
      .meta({ examples: ['berlin'] }),
    seed: z
      .number()
      .int()
      .optional()
      .describe('The same seed gives the same run; default 0.')
      .meta({ examples: [7] }),
    devices: z
      .array(FleetDeviceSchema)
      .min(1, 'a fleet has at least one device')
      .describe('Its devices, each by itself or many alike.'),
    behaviour: BehaviourSchema.optional().describe('How every device behaves.'),
  })
  .describe('A fleet of simulated devices.');

/** A fleet file. */
export type FleetFile = z.infer<typeof FleetFileSchema>;

/** How simulated devices behave, as written. */
export type BehaviourFile = z.infer<typeof BehaviourSchema>;

/** One entry of a fleet file's devices: one device, or several alike. */
export type FleetFileDevice = FleetFile['devices'][number];

/** The ids of the devices that an entry stands for. */
export function idsOf({ id, count = 1 }: FleetFileDevice): string[] {
  return Array.from({ length: count }, (_, at) => id.replaceAll('{n}', String(at + 1)));
}

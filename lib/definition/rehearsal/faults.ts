import * as z from 'zod';
import { DurationSchema } from '../fields.ts';
import { AnswersSchema } from './answers.ts';

const ChanceSchema = z
  .number()
  .min(0)
  .max(1)
  .meta({ examples: [0.01] });

/** How often what goes wrong. */
export const faultRates = {
  lose: ChanceSchema.optional().describe('Chance that a message to or from a device is lost.'),
  duplicate: ChanceSchema.optional().describe('Chance that a message comes twice.'),
  reorder: ChanceSchema.optional().describe('Chance that later messages overtake a message.'),
  delay: ChanceSchema.optional().describe('Chance that a message is late, by up to `longestDelay`.'),
  longestDelay: DurationSchema.optional().describe('How late a message may be; default 20s.'),
  flap: ChanceSchema.optional().describe('Chance that a device loses its connection after a command.'),
  longestFlap: DurationSchema.optional().describe('How long a connection may be gone; default 20s.'),
  brick: ChanceSchema.optional().describe('Chance that a command silences its device for good.'),
  clockSkew: DurationSchema.optional().describe('How far clocks of devices may be wrong.'),
  throttle: ChanceSchema.optional().describe(
    'Chance that the table throttles a try of a call, as DynamoDB does; it is tried three times.',
  ),
  handlerFails: ChanceSchema.optional().describe(
    'Chance that a call of a handler breaks, before or after it has done its work.',
  ),
  handlerHangs: ChanceSchema.optional().describe(
    'Chance that a call of a handler does not come back, and times out after 30 s.',
  ),
  crash: ChanceSchema.optional().describe(
    'Chance, at each write, that the engine dies and is started again.',
  ),
} as const;

/** How often what goes wrong, as written. */
export const FaultRatesSchema = z.strictObject(faultRates);

/** How often what goes wrong, as written. */
export type FaultRates = z.infer<typeof FaultRatesSchema>;

/** A file of faults, for `stepwright simulate --faults`. */
export const FaultFileSchema = z
  .strictObject({
    stepwright: z.literal(1).describe('Version of the definition language.'),
    faults: z
      .string()
      .min(1)
      .describe('Name of the mix.')
      .meta({ examples: ['storm'] }),
    ...faultRates,
    answers: AnswersSchema.optional(),
  })
  .describe('What goes wrong in a simulation, and how often.');

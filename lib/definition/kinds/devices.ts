import * as z from 'zod';
import { failureFields, stepFields, TextSchema, type UnreadList, workFields } from '../fields.ts';
import type { DevicesStep } from '../model.ts';
import { type Reading, readBase, readFallible, readWork } from '../reading.ts';
import { DEVICE_FIELDS } from '../step-parts.ts';

/** Which devices. */
export const SelectionSchema = z
  .strictObject({
    where: z
      .string()
      .optional()
      .describe("Expression over one device's fields, without delimiters.")
      .meta({ examples: ["site = $input.site and status = 'online'"] }),
    requires: z
      .record(z.string(), z.string())
      .optional()
      .describe('Capability to the version range it takes.')
      .meta({ examples: [{ ota: '>=2' }] }),
    zone: TextSchema.optional()
      .describe('The zone that the device is in, or a zone around it.')
      .meta({ examples: ['berlin/hall-2', '{% $input.zone %}'] }),
  })
  .describe('Which devices; all of them where nothing is said.');

/** A `devices` step. */
export function devicesSchema<List extends z.ZodType>(list: List) {
  return z
    .strictObject({
      ...stepFields,
      ...failureFields(list),
      ...workFields,
      devices: SelectionSchema.extend({
        fields: z
          .array(z.enum(DEVICE_FIELDS))
          .min(1)
          .optional()
          .describe('What of each device is given, the id always. Default: all of it.')
          .meta({ examples: [['id', 'zone']] }),
      }).describe('Which devices; all of them where nothing is said.'),
    })
    .describe('Selects devices; gives an array of them.');
}

/** A `devices` step. */
export function readDevicesStep(
  step: z.infer<ReturnType<typeof devicesSchema<UnreadList>>>,
  reading: Reading,
): DevicesStep {
  return {
    ...readBase(step, reading),
    ...readFallible(step, reading),
    ...readWork(step),
    kind: 'devices',
    where: step.devices.where,
    requires: step.devices.requires ?? {},
    fields: step.devices.fields,
    zone: step.devices.zone,
  };
}

/** How authors write by what the device of a command is chosen. */
import * as z from 'zod';
import {
  CommandNameSchema,
  ConditionSchema,
  DurationSchema,
  JsonObjectSchema,
  NameSchema,
  TextSchema,
} from './fields.ts';
import { durationMs } from './read-retry.ts';
import { expressionText } from './reading.ts';
import { type Alternative, type Preference, type Routing, STRATEGIES } from './step-parts.ts';

const wishFields = {
  requires: z
    .record(z.string(), z.string())
    .optional()
    .describe('Capability to the version range that it takes.')
    .meta({ examples: [{ ota: '>=2' }] }),
  zone: TextSchema.optional()
    .describe('The zone that the device is in, or a zone around it.')
    .meta({ examples: ['berlin/hall-2'] }),
  tags: z
    .record(z.string(), TextSchema.describe('Value of the tag.'))
    .optional()
    .describe('Tags with their values.')
    .meta({ examples: [{ line: 'a' }] }),
  where: z
    .string()
    .optional()
    .describe("Expression over one device's fields, without delimiters.")
    .meta({ examples: ['reported.battery > 20'] }),
};

const nearField = {
  near: TextSchema.optional()
    .describe('The nearest zone in which a device fits: this one, else those around it, at last all.')
    .meta({ examples: ['{% $input.zone %}'] }),
};

const PreferenceSchema = z
  .strictObject({
    ...wishFields,
    weight: z
      .number()
      .positive()
      .max(1_000)
      .optional()
      .describe('How much it counts. Default 1.')
      .meta({ examples: [3] }),
  })
  .describe('What counts for a device.')
  .meta({ examples: [{ tags: { line: 'a' }, weight: 3 }] });

const AlternativeSchema = z
  .strictObject({
    ...wishFields,
    ...nearField,
    device: TextSchema.optional()
      .describe('This device, whatever else is asked for.')
      .meta({ examples: ['pump-spare'] }),
    command: CommandNameSchema.optional().describe('Another command, which has arguments of its own.'),
    with: JsonObjectSchema.optional()
      .describe('Other arguments.')
      .meta({ examples: [{ mode: 'slow' }] }),
  })
  .describe('What is tried where no device fits what stands before; what it does not name stays.')
  .meta({ examples: [{ zone: 'berlin' }, { device: 'pump-spare' }] });

/** `on` of a command. */
export const RoutingSchema = z
  .strictObject({
    ...wishFields,
    ...nearField,
    prefers: z
      .array(PreferenceSchema)
      .optional()
      .describe('What counts for a device; those that meet most of it are chosen from.'),
    exclude: z
      .union([z.array(TextSchema), ConditionSchema])
      .optional()
      .describe('Ids of devices that are not chosen, or an expression that gives them.')
      .meta({ examples: [['pump-7'], '{% $input.broken %}'] }),
    strategy: z.enum(STRATEGIES).optional().describe('Which one is chosen. Default least-loaded.'),
    key: TextSchema.optional()
      .describe('Of `sticky`: equal keys go to the same device.')
      .meta({ examples: ['{% $input.customer %}'] }),
    weight: z
      .string()
      .optional()
      .describe("Of `weighted`: expression over one device's fields, without delimiters.")
      .meta({ examples: ['$number(tags.power)'] }),
    retryOn: z
      .enum(['another', 'same'])
      .optional()
      .describe('Where another try of the step goes, if one fits. Default another.'),
    fallback: z
      .array(AlternativeSchema)
      .optional()
      .describe('What is tried, one after the other, where no device fits.'),
    whenNone: z
      .union([
        z.literal('fail'),
        z.strictObject({
          wait: DurationSchema.describe('How long it waits for a device; then it fails: Device.NoneFits.'),
          escalate: NameSchema.optional()
            .describe('Group that is told why no device fits, while it waits.')
            .meta({ examples: ['ops'] }),
        }),
      ])
      .optional()
      .describe('What is done where no device fits, the alternatives included. Default fail.')
      .meta({ examples: [{ wait: '30m', escalate: 'ops' }] }),
  })
  .describe('By what a device is chosen, instead of `device`.')
  .meta({ examples: [{ requires: { ota: '>=2' }, near: 'berlin/hall-2', strategy: 'least-loaded' }] });

type Written = z.infer<typeof RoutingSchema>;

/** `on` of a command, with its defaults. */
export function readRouting(written: Written): Routing {
  const { near, exclude, strategy = 'least-loaded', key, weight, retryOn = 'another' } = written;
  return {
    ...readWish(written),
    prefers: (written.prefers ?? []).map(readPreference),
    exclude: typeof exclude === 'string' ? expressionText(exclude) : exclude,
    ...{ near, strategy, key, weight, retryOn, whenNone: readWhenNone(written) },
    fallback: (written.fallback ?? []).map(readAlternative),
  };
}

function readWhenNone({ whenNone }: Written): Routing['whenNone'] {
  if (whenNone === undefined || whenNone === 'fail') return undefined;
  return { waitMs: durationMs(whenNone.wait) ?? 0, escalate: whenNone.escalate };
}

function readWish({ requires, zone, tags, where }: Pick<Written, 'requires' | 'zone' | 'tags' | 'where'>) {
  return { requires, zone, tags, where };
}

function readPreference(written: z.infer<typeof PreferenceSchema>): Preference {
  return { ...readWish(written), weight: written.weight ?? 1 };
}

function readAlternative(written: z.infer<typeof AlternativeSchema>): Alternative {
  const { near, device, command, with: values } = written;
  return { ...readWish(written), near, device, command, with: values };
}

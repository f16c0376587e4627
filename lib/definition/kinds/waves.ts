import * as z from 'zod';
import { ConditionSchema } from '../fields.ts';
import { expressionText } from '../reading.ts';
import type { Tolerance, Wave, WaveItems } from '../step-parts.ts';

/** How many iterations may fail. */
export const ToleranceSchema = z
  .union([
    z.strictObject({
      count: z
        .union([z.int().min(0), ConditionSchema])
        .describe('So many: a number, or an expression that gives one.')
        .meta({ examples: [1] }),
    }),
    z.strictObject({
      percent: z
        .union([z.number().min(0).max(100), ConditionSchema])
        .describe('So many of a hundred, rounded down: a number, or an expression that gives one.')
        .meta({ examples: [5] }),
    }),
  ])
  .describe('How many iterations may fail; each that does is undone alone.');

const FieldPathSchema = z
  .string()
  .regex(/^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$/, 'is no path of a field; write it like reported.firmware');

const CanarySchema = z
  .strictObject({
    cover: z
      .array(FieldPathSchema)
      .min(1)
      .max(8)
      .describe('Fields of an item: each combination of their values is tried on one item.')
      .meta({ examples: [['type', 'reported.firmware', 'zone']] }),
    max: z
      .int()
      .min(1)
      .max(1_000)
      .optional()
      .describe('At most so many; first every value is covered, then the combinations that most items have.')
      .meta({ examples: [5] }),
  })
  .describe('Items that stand for all kinds of the items.');

const tolerate = ToleranceSchema.optional().describe('How many iterations of this wave may fail.');

/** One wave. */
export const WaveSchema = z.union([
  z.strictObject({
    count: z
      .union([z.int().min(1), ConditionSchema])
      .describe('So many items more: a number, or an expression that gives one.')
      .meta({ examples: [1] }),
    tolerate,
  }),
  z.strictObject({
    percent: z
      .number()
      .gt(0)
      .max(100)
      .describe('So many of a hundred of all items, those of earlier waves included.')
      .meta({ examples: [10] }),
    tolerate,
  }),
  z.strictObject({
    where: z
      .string()
      .min(1)
      .describe(
        'Of the items that are left, those for which this holds: over the fields of an item, without delimiters.',
      )
      .meta({ examples: ["ring = 'early' and type = 'pump'"] }),
    tolerate,
  }),
  z.strictObject({
    tag: z
      .record(z.string().regex(/^[^`\\\p{C}]+$/u, 'is no name of a tag'), z.string())
      .refine((tags) => Object.keys(tags).length > 0, 'names at least one tag')
      .describe('Of the items that are left, those with all of these tags.')
      .meta({ examples: [{ ring: 'early' }] }),
    tolerate,
  }),
  z.strictObject({ canary: CanarySchema, tolerate }),
  z.strictObject({ rest: z.literal(true).describe('All items that are left.'), tolerate }),
]);

type WrittenWave = z.infer<typeof WaveSchema>;

/**
 * Waves with their tolerance. Where only waves have one, all together may fail as often as they allow, and a wave without one
 * bears no failure.
 */
export function readWaveSizes(
  waves: readonly WrittenWave[],
  total: Tolerance | undefined,
): { readonly sizes: readonly Wave[]; readonly tolerate: Tolerance | undefined } {
  const isByWave = waves.some((wave) => wave.tolerate !== undefined);
  const missing: Tolerance | undefined = isByWave && total === undefined ? { count: 0 } : undefined;
  const sizes = waves.map((wave): Wave => {
    const own = readTolerance(wave.tolerate) ?? missing;
    return { ...itemsOf(wave), ...(own === undefined ? {} : { tolerate: own }) };
  });
  return { sizes, tolerate: total ?? (isByWave ? { percent: 100 } : undefined) };
}

/** A tolerance, of an expression its text. */
export function readTolerance(written: z.infer<typeof ToleranceSchema> | undefined): Tolerance | undefined {
  if (written === undefined) return undefined;
  return 'count' in written ? { count: textOf(written.count) } : { percent: textOf(written.percent) };
}

function textOf(value: number | string): number | string {
  return typeof value === 'number' ? value : expressionText(value);
}

function itemsOf(wave: WrittenWave): WaveItems {
  if ('count' in wave) return { count: textOf(wave.count) };
  if ('percent' in wave) return { percent: wave.percent };
  if ('where' in wave) return { where: wave.where };
  if ('tag' in wave) return { where: tagCondition(wave.tag) };
  if ('canary' in wave) return { canary: { cover: wave.canary.cover, max: wave.canary.max } };
  return { rest: true };
}

/** An item has its tags under `tags`. */
function tagCondition(tags: Readonly<Record<string, string>>): string {
  return Object.entries(tags)
    .map(([tag, value]) => `tags.\`${tag}\` = ${JSON.stringify(value)}`)
    .join(' and ');
}

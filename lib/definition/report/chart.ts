import * as z from 'zod';
import { VariableNameSchema } from '../fields.ts';

/** A chart of the rows of a report. */
export const ChartSchema = z.strictObject({
  type: z.enum(['bar', 'line', 'area', 'pie', 'scatter', 'heatmap']).describe('What it looks like.'),
  title: z
    .string()
    .max(120)
    .optional()
    .describe('Title for people.')
    .meta({ examples: ['Runs a day'] }),
  x: VariableNameSchema.describe('The column along it, or of its slices.').meta({ examples: ['day'] }),
  y: z
    .union([VariableNameSchema, z.array(VariableNameSchema).min(1)])
    .describe('The column that is drawn, or several of them.')
    .meta({ examples: ['runs', ['succeeded', 'failed']] }),
  series: VariableNameSchema.optional()
    .describe('A column by whose values there are several lines, or bars side by side.')
    .meta({ examples: ['site'] }),
  stacked: z
    .boolean()
    .optional()
    .describe(
      'Whether bars, or areas, stand on each other. Default: side by side, areas one before the other.',
    ),
});

/** A chart, as its author writes it. */
export type Chart = z.infer<typeof ChartSchema>;

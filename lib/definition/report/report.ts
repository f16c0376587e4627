import * as z from 'zod';
import { FieldNameSchema, LanguageSchema, TimeZoneSchema, WhereSchema } from '../document-fields.ts';
import { DurationSchema, NameSchema, VariableNameSchema } from '../fields.ts';
import { ReceiverSchema } from '../receiver.ts';
import { ChartSchema } from './chart.ts';
import { REPORT_SOURCE_NAMES } from './fields.ts';
import { MeasureSchema } from './measure.ts';

const GroupSchema = z
  .union([
    FieldNameSchema,
    z.strictObject({
      time: FieldNameSchema.describe('A field that holds a time.').meta({ examples: ['startedAt'] }),
      by: z.enum(['hour', 'day', 'week', 'month', 'weekday', 'hour-of-day']).describe('What of it counts.'),
    }),
  ])
  .describe('A field of a record, or a part of a time.');

const ScheduleSchema = z
  .strictObject({
    cron: z
      .string()
      .regex(/^(?:[\d*,/-]+\s+){3}[\d*,/A-Za-z-]+\s+[\d*,/A-Za-z-]+$/, 'is no cron expression of five parts')
      .describe('Minute, hour, day of month, month, day of week.')
      .meta({ examples: ['0 7 * * mon'] }),
    timezone: TimeZoneSchema.optional(),
  })
  .describe('When it is made and sent. Default: when somebody asks for it.');

/** A part of a time. */
export type TimePart = Extract<z.infer<typeof GroupSchema>, object>['by'];

/** A report, as its author writes it: a file in `reports/`. */
export const ReportFileSchema = z
  .strictObject({
    stepwright: LanguageSchema,
    report: NameSchema.describe('Name of the report.').meta({ examples: ['weekly-rollouts'] }),
    title: z
      .string()
      .max(120)
      .optional()
      .describe('Title for people. Default: its name.')
      .meta({ examples: ['Rollouts of the week'] }),
    description: z
      .string()
      .optional()
      .describe('What it shows, for people.')
      .meta({ examples: ['How many devices got a release, and how long it took.'] }),
    source: z.enum(REPORT_SOURCE_NAMES).describe('What its records are.'),
    period: z
      .strictObject({ last: DurationSchema.describe('Up to now.').meta({ examples: ['7d'] }) })
      .optional()
      .describe('Records of which time count. Default: the last 7d.'),
    timezone: TimeZoneSchema.optional().describe(
      'Whose days and hours count. Default: the time zone of its schedule, else UTC.',
    ),
    filters: z
      .record(FieldNameSchema, z.union([z.string(), z.array(z.string()).min(1)]))
      .optional()
      .describe('By field the value that a record has to have, or a list of values of which one.')
      .meta({ examples: [{ workflow: 'firmware-rollout', status: ['FAILED', 'ROLLED_BACK'] }] }),
    where: WhereSchema.optional(),
    groupBy: z
      .record(VariableNameSchema, GroupSchema)
      .optional()
      .describe('Columns that rows are made by, each with what stands in it. Default: one row of all.')
      .meta({ examples: [{ site: 'tags.site', day: { time: 'startedAt', by: 'day' } }] }),
    measures: z
      .record(VariableNameSchema, MeasureSchema)
      .refine((measures) => Object.keys(measures).length > 0, 'has at least one measure')
      .describe('Columns that are reckoned over the records of a row.')
      .meta({ examples: [{ runs: 'count', slowest: { max: 'durationMs' } }] }),
    sort: z
      .array(
        z.strictObject({
          by: VariableNameSchema.describe('A column.').meta({ examples: ['runs'] }),
          order: z.enum(['ascending', 'descending']).optional().describe('Default ascending.'),
        }),
      )
      .optional()
      .describe('Order of the rows. Default: of their groups.'),
    limit: z
      .int()
      .min(1)
      .max(100_000)
      .optional()
      .describe('So many rows at most.')
      .meta({ examples: [20] }),
    charts: z.array(ChartSchema).optional().describe('Charts of the rows, above the table.'),
    schedule: ScheduleSchema.optional(),
    formats: z
      .array(z.enum(['html', 'csv', 'json']))
      .min(1)
      .optional()
      .describe('What is made of it. Default html.')
      .meta({ examples: [['html', 'csv']] }),
    recipients: z
      .array(ReceiverSchema)
      .min(1)
      .optional()
      .describe('Who gets it when it has been made by schedule.'),
  })
  .describe('A report over what has happened.');

/** A report, as written. */
export type ReportFile = z.infer<typeof ReportFileSchema>;

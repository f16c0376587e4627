/** Fields that decisions, alerts and reports share, each with its schema. */
import * as z from 'zod';

/** Version of the definition language. */
export const LanguageSchema = z.literal(1).describe('Version of the definition language.');

/** An expression over the fields of one record. */
export const WhereSchema = z
  .string()
  .min(1, 'is empty')
  .describe('Expression over the fields of one record, without delimiters.')
  .meta({ examples: ["zone = 'berlin' and status = 'FAILED'"] });

/** A field of a record, with dots between. */
export const FieldNameSchema = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*)*$/, 'is no field; write it like tags.site')
  .describe('A field of the record, with dots between.')
  .meta({ examples: ['workflow', 'tags.site'] });

/** A time zone by its name. */
export const TimeZoneSchema = z
  .string()
  .regex(/^(?:UTC|[A-Z][A-Za-z_]+(?:\/[A-Za-z0-9_+-]+)+)$/, 'is no time zone; write it like Europe/Berlin')
  .describe('Time zone, by its name in the IANA database. Default UTC.')
  .meta({ examples: ['Europe/Berlin'] });

const ClockTimeSchema = z
  .string()
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'is no time of day; write it like "07:30", in quotes')
  .meta({ examples: ['07:30', '22:00'] });

/** Hours of days of the week. */
export const HoursSchema = z
  .strictObject({
    days: z
      .array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']))
      .min(1)
      .optional()
      .describe('Days of the week on which they begin. Default: every day.')
      .meta({ examples: [['sat', 'sun']] }),
    from: ClockTimeSchema.describe('When they begin.'),
    to: ClockTimeSchema.describe('When they end; when that is earlier, on the day after.'),
    timezone: TimeZoneSchema.optional(),
  })
  .describe('Hours of days of the week.')
  .meta({ examples: [{ days: ['mon', 'tue'], from: '07:00', to: '16:00', timezone: 'Europe/Berlin' }] });

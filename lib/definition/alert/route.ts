import * as z from 'zod';
import { FieldNameSchema, HoursSchema, TimeZoneSchema } from '../document-fields.ts';
import { DurationSchema, NameSchema } from '../fields.ts';
import { SeveritySchema } from './severity.ts';

const NamesSchema = z.array(NameSchema).min(1);

/** Receivers and rotations, by name. */
const ToSchema = NamesSchema.describe('Receivers and rotations of this file.').meta({
  examples: [['ops-list'], ['night-shift', 'ops-channel']],
});

/** Alerts by what they are: all that is named has to fit. */
export const MatcherSchema = z
  .strictObject({
    alert: NamesSchema.exactOptional()
      .describe('Ids of alerts of this file.')
      .meta({ examples: [['slow-rollouts']] }),
    severity: z
      .array(SeveritySchema)
      .min(1)
      .exactOptional()
      .describe('Severities.')
      .meta({ examples: [['critical']] }),
    team: NamesSchema.exactOptional()
      .describe('Teams.')
      .meta({ examples: [['plant']] }),
    zone: z
      .array(z.string().min(1))
      .min(1)
      .exactOptional()
      .describe('Zones, each with those inside it.')
      .meta({ examples: [['berlin/hall-2']] }),
  })
  .describe('Which alerts; every one where nothing is said.')
  .meta({ examples: [{ severity: ['critical'], team: ['plant'] }] });

/** Where alerts go. */
export const RouteSchema = z.strictObject({
  match: MatcherSchema.optional(),
  during: HoursSchema.optional().describe('When it is taken. Default: always.'),
  to: ToSchema.optional(),
  escalate: NameSchema.optional()
    .describe('Escalation of this file that goes on until somebody acknowledges.')
    .meta({ examples: ['plant-trouble'] }),
  groupBy: z
    .array(FieldNameSchema)
    .min(1)
    .optional()
    .describe('Alerts that agree in these fields are told of together. Default: each by itself.')
    .meta({ examples: [['zone', 'workflow']] }),
  wait: DurationSchema.optional().describe('How long is waited for others of its group. Default 30s.'),
  repeat: DurationSchema.optional().describe(
    'After which time it is told again while it lasts. Default: never.',
  ),
  continue: z
    .boolean()
    .optional()
    .describe('Whether routes after this one are looked at too. Default false.'),
});

/** Who is on call when. */
export const RotationSchema = z
  .strictObject({
    receivers: NamesSchema.describe('Receivers of this file, one a shift, in turn.').meta({
      examples: [['ana', 'ben']],
    }),
    start: z
      .string()
      .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d$/, 'is no time; write it like "2027-01-04T08:00"')
      .describe('When the first shift begins, in the time zone.')
      .meta({ examples: ['2027-01-04T08:00'] }),
    shift: DurationSchema.describe('How long a shift is.').meta({ examples: ['7d', '12h'] }),
    timezone: TimeZoneSchema.optional(),
  })
  .describe('Who is on call when.');

/** What is told to whom, level by level, until somebody acknowledges. */
export const EscalationSchema = z
  .strictObject({
    levels: z
      .array(
        z.strictObject({
          after: DurationSchema.optional().describe('After the level before. Default: at once.'),
          to: ToSchema,
          repeat: DurationSchema.optional().describe(
            'After which time they are told again, until the next level.',
          ),
        }),
      )
      .min(1, 'there is at least one level')
      .describe('Who is told, one after the other.'),
    rounds: z
      .int()
      .min(1)
      .max(100)
      .optional()
      .describe('How often all levels are gone through. Default 1.')
      .meta({ examples: [3] }),
    quiet: HoursSchema.optional().describe('Hours in which only critical alerts are told of; others wait.'),
  })
  .describe('Who is told, level by level, until somebody acknowledges.');

/** Alerts that are not told of for some time. */
export const SilenceSchema = z
  .strictObject({
    match: MatcherSchema,
    from: z.iso
      .datetime({ offset: true, error: 'is no time; write it like "2027-01-31T04:00:00Z"' })
      .optional()
      .describe('When it begins. Default: at once.')
      .meta({ examples: ['2027-01-31T04:00:00Z'] }),
    until: z.iso
      .datetime({ offset: true, error: 'is no time; write it like "2027-01-31T04:00:00Z"' })
      .optional()
      .describe('When it ends.')
      .meta({ examples: ['2027-01-31T06:00:00Z'] }),
    every: HoursSchema.optional().describe('Hours of maintenance that come again.'),
    reason: z
      .string()
      .min(1)
      .describe('Why, for people.')
      .meta({ examples: ['The line is cleaned on Sundays.'] }),
  })
  .refine(({ until, every }) => until !== undefined || every !== undefined, 'has an end: until or every')
  .describe('Alerts that are not told of for some time.')
  .meta({ anyOf: [{ required: ['until'] }, { required: ['every'] }] });

import * as z from 'zod';
import { FieldNameSchema, LanguageSchema, WhereSchema } from '../document-fields.ts';
import { DurationSchema, NameSchema, TextSchema } from '../fields.ts';
import { NamedReceiverSchema } from '../receiver.ts';
import { AlertConditionSchema } from './condition.ts';
import { EscalationSchema, RotationSchema, RouteSchema, SilenceSchema } from './route.ts';
import { SeveritySchema } from './severity.ts';

const AlertSchema = z.strictObject({
  id: NameSchema.describe('Id of the alert, unique in the file.').meta({ examples: ['slow-rollouts'] }),
  title: z
    .string()
    .max(120)
    .optional()
    .describe('Title for people. Default: its id.')
    .meta({ examples: ['Rollouts are slow'] }),
  severity: SeveritySchema,
  team: NameSchema.optional()
    .describe('Who looks after it.')
    .meta({ examples: ['plant'] }),
  when: AlertConditionSchema,
  where: WhereSchema.optional().describe('Which events or values count: an expression over their fields.'),
  by: z
    .array(FieldNameSchema)
    .min(1)
    .optional()
    .describe('One alert for each value of these fields. Default: one for all.')
    .meta({ examples: [['zone'], ['workflow', 'version']] }),
  for: DurationSchema.optional().describe(
    'How long it has to be so before the alert fires. Default: no time.',
  ),
  resolve: z
    .strictObject({
      after: DurationSchema.optional().describe('How long it has to be well again. Default: no time.'),
      bound: z
        .number()
        .optional()
        .describe('Well again is what is this side of another bound. Default: of the same.')
        .meta({ examples: [240] }),
    })
    .optional()
    .describe('When it is over, so that it does not come and go.'),
  inhibitedBy: z
    .array(NameSchema)
    .min(1)
    .optional()
    .describe('Alerts of this file while which it is not told of, being the same trouble.')
    .meta({ examples: [['broker-down']] }),
  message: TextSchema.optional()
    .describe('What has happened: text, or an expression over $alert, with its value, fields and times.')
    .meta({ examples: ["{% 'Rollouts of ' & $alert.by.workflow & ' take ' & $alert.value & ' s' %}"] }),
  runbook: z
    .url('is no address')
    .optional()
    .describe('Where it says what to do.')
    .meta({ examples: ['https://wiki.example.com/slow-rollouts'] }),
});

/** A group of alerts and where they go, as their author writes them: a file in `alerts/`. */
export const AlertFileSchema = z
  .strictObject({
    stepwright: LanguageSchema,
    alerts: NameSchema.describe('Name of the group.').meta({ examples: ['plant'] }),
    description: z
      .string()
      .optional()
      .describe('What they watch, for people.')
      .meta({ examples: ['Rollouts and devices of the plant.'] }),
    rules: z.array(AlertSchema).min(1, 'there is at least one alert').describe('The alerts.'),
    receivers: z
      .record(NameSchema, NamedReceiverSchema)
      .optional()
      .describe('Whom alerts are sent to, by name.')
      .meta({ examples: [{ 'ops-list': { email: 'ops@example.com' } }] }),
    rotations: z
      .record(NameSchema, RotationSchema)
      .optional()
      .describe('Who is on call when, by name.')
      .meta({
        examples: [{ 'night-shift': { receivers: ['ana', 'ben'], start: '2027-01-04T08:00', shift: '7d' } }],
      }),
    escalations: z
      .record(NameSchema, EscalationSchema)
      .optional()
      .describe('Who is told, level by level, until somebody acknowledges, by name.')
      .meta({
        examples: [
          { 'plant-trouble': { levels: [{ to: ['night-shift'] }, { after: '15m', to: ['ops-list'] }] } },
        ],
      }),
    routes: z
      .array(RouteSchema)
      .optional()
      .describe(
        'Where alerts go: the first that fits is taken. An alert that none fits is shown, and sent to nobody.',
      ),
    silences: z.array(SilenceSchema).optional().describe('Alerts that are not told of for some time.'),
  })
  .describe('Alerts, and where they go.');

/** A group of alerts, as written. */
export type AlertFile = z.infer<typeof AlertFileSchema>;

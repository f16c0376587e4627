import * as z from 'zod';
import { WEEKDAYS } from '#core/hours.ts';
import { RATE_PATTERN } from '#core/rate.ts';
import { readExpression } from '#expression/delimiters.ts';
import { ConditionSchema, DurationSchema, TextSchema } from '../fields.ts';
import { durationMs } from '../read-retry.ts';
import { expressionText } from '../reading.ts';
import type { Health, Watch, Window } from '../step-parts.ts';
import { SelectionSchema } from './devices.ts';

const TimeOfDaySchema = z
  .string()
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'is no time of day; write it like 22:30')
  .meta({ examples: ['22:30'] });

/** When iterations may begin. */
export const WindowSchema = z
  .strictObject({
    days: z
      .array(z.enum(WEEKDAYS))
      .min(1)
      .optional()
      .describe('Days on which the window opens. Default: every day.')
      .meta({ examples: [['sat', 'sun']] }),
    from: TimeOfDaySchema.describe('When it opens.'),
    to: TimeOfDaySchema.describe('When it closes: the next day, where that is not after it opens.'),
    timezone: TextSchema.refine(
      (text) => readExpression(text) !== undefined || isTimeZone(text),
      'is no time zone; write it like Europe/Berlin',
    )
      .describe(
        'Where the clock is: a time zone of the IANA database, or an expression over the item that gives one.',
      )
      .meta({ examples: ['Europe/Berlin', '{% $device.tags.tz %}'] }),
  })
  .describe(
    'An iteration begins only while the window is open, by the clock of its own site; until then it waits.',
  )
  .meta({ examples: [{ days: ['sat', 'sun'], from: '22:00', to: '05:00', timezone: 'Europe/Berlin' }] });

/** How many iterations begin in a time. */
export const RateSchema = z
  .union([z.string().regex(RATE_PATTERN, 'is no rate; write it like 5/m'), ConditionSchema])
  .describe(
    'How many iterations begin at most in a second, minute, hour or day, evenly spread; or an expression that gives such a text.',
  )
  .meta({ examples: ['5/m'] });

/** What must hold before the next wave. */
export const HealthSchema = z
  .strictObject({
    until: ConditionSchema.describe(
      'What must hold, over $result: the devices so far as they now are, and how many iterations have failed.',
    ).meta({ examples: ["{% $result.failed = 0 and $count($result.devices[status = 'offline']) = 0 %}"] }),
    within: DurationSchema.optional().describe(
      'How long it may take to hold; then the step fails: Rollout.Unhealthy. Default 10m.',
    ),
    every: DurationSchema.optional().describe('How often it is looked at. Default 30s.'),
  })
  .describe('A condition that is waited for before the next wave.');

/** Devices that join later. */
export const WatchSchema = z
  .strictObject({
    for: DurationSchema.describe('How long after the last wave.'),
    devices: SelectionSchema,
  })
  .describe('Devices that are selected only later are taken in as they come, until the watch closes.')
  .meta({ examples: [{ for: '7d', devices: { where: 'site = $input.site' } }] });

/** How long devices that join later are taken in, and which. */
export function readWatch(watch: z.infer<typeof WatchSchema> | undefined): Watch | undefined {
  if (watch === undefined) return undefined;
  const { where, requires = {}, zone } = watch.devices;
  return { forMs: durationMs(watch.for), where, requires, zone };
}

/** A window with its defaults. */
export function readWindow(window: z.infer<typeof WindowSchema> | undefined): Window | undefined {
  return window === undefined ? undefined : { ...window, days: window.days ?? WEEKDAYS };
}

/** A health condition with its defaults. */
export function readHealth(health: z.infer<typeof HealthSchema> | undefined): Health | undefined {
  if (health === undefined) return undefined;
  return {
    until: expressionText(health.until),
    withinMs: durationMs(health.within) ?? 600_000,
    everyMs: durationMs(health.every) ?? 30_000,
  };
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) instanceof Intl.DateTimeFormat;
  } catch {
    return false;
  }
}

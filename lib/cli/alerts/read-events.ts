import * as z from 'zod';
import { StepwrightError } from '#core/error.ts';
import { type MonitoringEvent, MonitoringEventSchema } from '#monitoring/events/event.ts';

/** Most events that are replayed. */
const MOST_EVENTS = 1_000_000;

const WholeSchema = z.union([z.array(z.unknown()), z.object({ events: z.array(z.unknown()) })]);

/** Events of a file: the document that `stepwright events --json` prints, a list, or one event a line. Throws SW3091. */
export function readEvents(text: string, file: string): readonly MonitoringEvent[] {
  const values = valuesIn(text, file);
  if (values.length > MOST_EVENTS) throw fault(file, `there are more than ${MOST_EVENTS} events in it`);
  return values.map((value, at) => {
    const parsed = MonitoringEventSchema.safeParse(value);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw fault(file, `event ${at + 1} is none: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`);
  });
}

function valuesIn(text: string, file: string): readonly unknown[] {
  const whole = WholeSchema.safeParse(parseOrUndefined(text));
  if (whole.success) return Array.isArray(whole.data) ? whole.data : whole.data.events;
  return text.split('\n').flatMap((line, at) => {
    if (line.trim() === '') return [];
    const value = parseOrUndefined(line);
    if (value === undefined) throw fault(file, `line ${at + 1} is no JSON`);
    return [value];
  });
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function fault(file: string, what: string): StepwrightError {
  return new StepwrightError({
    code: 'SW3091',
    kind: 'invalid',
    message: `the events in ${file} cannot be read: ${what}`,
    hint: 'name a file that "stepwright events --json" has written, or one with a JSON event on each line',
  });
}

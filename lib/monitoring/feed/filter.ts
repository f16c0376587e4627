import * as z from 'zod';
import type { MonitoringEvent } from '../events/event.ts';
import { EVENT_FAMILIES, EVENT_KINDS, type EventKind, isEventKind } from '../events/kinds.ts';

/** So many values a filter takes in each of its fields. */
const MOST_VALUES = 100;

const KindPatternSchema = z
  .string()
  .refine(isKindPattern, {
    error: ({ input }) => `${JSON.stringify(input)} is no kind of event, and no family such as "command.*"`,
  })
  .describe('A kind such as `command.failed`, or all of a family: `command.*`.');

const names = (what: string) =>
  z.array(z.string().min(1).max(256)).min(1).max(MOST_VALUES).exactOptional().describe(what);

/** Which events somebody wants: those that fit in every field that is given. An empty one takes all. */
export const EventFilterSchema = z
  .strictObject({
    executions: names('Ids of executions.'),
    workflows: names('Names of workflows.'),
    devices: names('Ids of devices.'),
    kinds: z.array(KindPatternSchema).min(1).max(MOST_VALUES).exactOptional(),
  })
  .meta({ id: 'EventFilter' });

/** Which events somebody wants. */
export type EventFilter = z.infer<typeof EventFilterSchema>;

/** Whether a text names a kind, or all kinds of a family. */
export function isKindPattern(pattern: string): boolean {
  return isEventKind(pattern) || EVENT_FAMILIES.some((family) => pattern === `${family}.*`);
}

/** The test whether an event is wanted. */
export function eventTest({
  executions,
  workflows,
  devices,
  kinds,
}: EventFilter): (event: MonitoringEvent) => boolean {
  const tests = [
    anyOf(executions, ({ execution }) => execution),
    anyOf(workflows, ({ workflow }) => workflow),
    anyOf(devices, ({ device }) => device),
    anyOf(kinds === undefined ? undefined : kindsOf(kinds), ({ kind }) => kind),
  ].filter((test) => test !== undefined);
  return (event) => tests.every((test) => test(event));
}

function anyOf(
  wanted: readonly string[] | undefined,
  read: (event: MonitoringEvent) => string | undefined,
): ((event: MonitoringEvent) => boolean) | undefined {
  if (wanted === undefined) return undefined;
  const set = new Set(wanted);
  return (event) => set.has(read(event) ?? '');
}

/** All kinds that patterns name. */
export function kindsOf(patterns: readonly string[]): readonly EventKind[] {
  const all = Object.keys(EVENT_KINDS).filter(isEventKind);
  return all.filter((kind) =>
    patterns.some((pattern) =>
      pattern.endsWith('.*') ? kind.startsWith(pattern.slice(0, -1)) : kind === pattern,
    ),
  );
}

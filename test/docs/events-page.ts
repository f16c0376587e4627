import { z } from 'zod';
import type { JsonObject } from '#core/json.ts';
import { EVENT_VERSION, EventSubjectSchema, MonitoringEventSchema } from '#monitoring/events/event.ts';
import { EVENT_FAMILIES, EVENT_KINDS } from '#monitoring/events/kinds.ts';

/** `docs/reference/events.md`, made of the event model. */
export function eventsPage(): string {
  return `# Events

What happens is told as events, the same on every runtime: by \`stepwright events\`, \`GET /v1/events\`, pushed at \`/v1/live\`, and on AWS
on the EventBridge bus \`stepwright\`. [The guide](../guide/monitoring.md) tells how to read them. This page is made of the model
(\`lib/monitoring/events/kinds.ts\`).

## All events

${fieldTable(MonitoringEventSchema)}

\`execution\`, \`workflow\`, \`version\`, \`path\`, \`device\` and \`command\` are there where the event is about one. A field more is no new
version of the model (now ${EVENT_VERSION}); a field that goes, or means something else, is one. Arguments of commands, results, inputs and outputs
are in no event: they may be large, or secret. A \`cause\` says what whoever failed has said, and may quote some of them.

${EVENT_FAMILIES.map(family).join('\n')}`;
}

function family(name: string): string {
  const kinds = Object.entries(EVENT_KINDS).filter(([kind]) => kind.startsWith(`${name}.`));
  const rows = kinds.map(
    ([kind, { meaning, data }]) =>
      `| \`${kind}\` | ${meaning} | ${Object.keys(data.shape)
        .map((field) => `\`${field}\``)
        .join(', ')} |`,
  );
  const fields = new Map<string, string>();
  for (const [, { data }] of kinds)
    for (const [field, words] of describedFields(data)) fields.set(field, words);
  const told = [...fields].map(([field, words]) => `- \`${field}\`: ${words}`);
  return [
    ...[`## ${name}.*`, '', '| kind | what happened | data |', '| --- | --- | --- |', ...rows, ''],
    ...(told.length === 0 ? [] : [...told, '']),
  ].join('\n');
}

function describedFields(schema: z.ZodObject): readonly (readonly [string, string])[] {
  return Object.entries(propertiesOf(schema)).flatMap(([field, property]) => {
    const { description, enum: values } = property;
    const listed = Array.isArray(values) ? values.map((value) => `\`${value}\``).join(', ') : undefined;
    const words = [description, listed].filter((part) => typeof part === 'string');
    return words.length === 0 ? [] : [[field, words.join(' ')] as const];
  });
}

function fieldTable(schema: z.ZodObject): string {
  const properties = propertiesOf(schema);
  const optional = Object.keys(EventSubjectSchema.shape);
  const rows = Object.keys(schema.shape).map(
    (field) =>
      `| \`${field}\` | ${optional.includes(field) ? 'where there is one' : 'always'} | ${properties[field]?.['description'] ?? ''} |`,
  );
  return ['| field | there | what it is |', '| --- | --- | --- |', ...rows].join('\n');
}

function propertiesOf(schema: z.ZodObject): Record<string, JsonObject> {
  const written: unknown = z.toJSONSchema(schema, { unrepresentable: 'any' }).properties;
  const properties = z.record(z.string(), z.custom<JsonObject>());
  return properties.parse(JSON.parse(JSON.stringify(written)));
}

import * as z from 'zod';
import { parseDuration } from '#core/duration.ts';
import { readExpression } from '#expression/delimiters.ts';
import { ExpressionSyntaxError, parseExpression } from '#expression/parse.ts';
import { DurationSchema } from './fields.ts';
import { durationMs } from './read-retry.ts';

/** One level of a topic that is named. */
const LEVEL = /^[A-Za-z0-9_.:~@%-]+$/;

/** A filter of MQTT topics (MQTT 3.1.1, section 4.7), not of those of the device protocol. */
const TopicFilterSchema = z
  .string()
  .max(256)
  .refine(isTopicFilter, { message: 'is no filter of topics; write it like plant/+/door or plant/#' })
  .refine((filter) => !/^(?:stepwright|#)(?:\/|$)/.test(filter), {
    message: 'takes in topics of the device protocol, on which devices tell of events by themselves',
  })
  .describe('Topics of MQTT: + stands for any level, # at the end for all that follow.')
  .meta({ examples: ['plant/+/door'] });

function isTopicFilter(filter: string): boolean {
  const levels = filter.split('/');
  return levels.every(
    (level, at) => level === '+' || LEVEL.test(level) || (level === '#' && at === levels.length - 1),
  );
}

/** The longest that an event is kept for steps that begin to wait later, in ms. */
export const MAX_KEEP_MS = 24 * 3_600_000;

/** What every source says. */
const common = {
  name: z
    .string()
    .min(1)
    .max(256)
    .regex(/^(?!stepwright\/)/, 'begins with stepwright/, which is kept for its own events')
    .describe('Name of the event that it is told as.')
    .meta({ examples: ['door.opened'] }),
  keep: DurationSchema.refine((text) => (parseDuration(text) ?? 0) <= MAX_KEEP_MS, {
    message: 'is longer than 24h',
  })
    .optional()
    .describe('How long steps that begin to wait later get it, too. Default: not at all.'),
};

const TopicSourceSchema = z
  .strictObject({
    topic: TopicFilterSchema,
    ...common,
    data: dataSchema(['payload', 'topic']).describe(
      'What expressions see as $event, over $payload, the message, and $topic, the list of its levels. Nothing: no event. Default: $payload.',
    ),
  })
  .describe('Messages of MQTT that are told as events.');

const textsSchema = z.union([z.string().min(1), z.array(z.string().min(1)).min(1).max(20)]);

const BusSourceSchema = z
  .strictObject({
    bus: z
      .strictObject({
        source: textsSchema
          .describe('Where they come from: aws.ec2, or a source of your own.')
          .meta({ examples: ['aws.ec2'] }),
        detailType: textsSchema
          .optional()
          .describe('Which kinds of them. Default: all.')
          .meta({ examples: ['EC2 Instance State-change Notification'] }),
      })
      .describe('Events of the default bus of EventBridge.'),
    ...common,
    data: dataSchema(['payload', 'source', 'detailType']).describe(
      'What expressions see as $event, over $payload, the detail, $source and $detailType. Nothing: no event. Default: $payload.',
    ),
  })
  .describe('Events of EventBridge that are told as events. On AWS alone.');

/** What is told as events besides what the API is told. */
export const EventSourcesSchema = z
  .array(z.union([TopicSourceSchema, BusSourceSchema]))
  .max(100)
  .describe('What comes from elsewhere and is told to steps that wait for events.');

/** An expression over some names, in its delimiters. */
function dataSchema(names: readonly string[]) {
  return z
    .string()
    .superRefine((text, context) => {
      const wrong = faultOf(text, names);
      if (wrong !== undefined) context.addIssue({ code: 'custom', message: wrong });
    })
    .optional()
    .meta({ examples: ["{% { 'door': $payload.id } %}"] });
}

function faultOf(text: string, names: readonly string[]): string | undefined {
  const expression = readExpression(text)?.text;
  if (expression === undefined) return 'is no expression; write it in {% … %}';
  try {
    const unknown = parseExpression(expression).variables.find(
      ({ name, called }) => !called && !names.includes(name),
    );
    const known = names.map((name) => `$${name}`).join(', ');
    return unknown === undefined ? undefined : `reads $${unknown.name}; here there is ${known}`;
  } catch (error) {
    if (error instanceof ExpressionSyntaxError) return `is no expression: ${error.message}`;
    throw error;
  }
}

/** What messages of some topics, or events of a bus, are told as. */
export type EventSource = {
  readonly name: string;
  /** Expression without delimiters. */
  readonly data?: string | undefined;
  readonly keepMs?: number | undefined;
} & (
  | { readonly topic: string }
  | {
      readonly bus: {
        readonly sources: readonly string[];
        readonly detailTypes?: readonly string[] | undefined;
      };
    }
);

/** Reads what a project file says. */
export function readEventSources(written: z.infer<typeof EventSourcesSchema>): readonly EventSource[] {
  return written.map((source) => {
    const { name, data, keep } = source;
    const told = { name, data: data && readExpression(data)?.text, keepMs: durationMs(keep) };
    if ('topic' in source) return { ...told, topic: source.topic };
    const { source: sources, detailType } = source.bus;
    const detailTypes = detailType === undefined ? undefined : [detailType].flat();
    return { ...told, bus: { sources: [sources].flat(), detailTypes } };
  });
}

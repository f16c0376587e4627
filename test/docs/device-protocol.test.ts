import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  AnswerMessageSchema,
  CommandMessageSchema,
  EventMessageSchema,
  PresenceMessageSchema,
} from '#devices/messages.ts';
import { commandTopic, DEVICE_MESSAGE_KINDS, deviceTopic } from '#devices/topics.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/device-protocol.md'), 'utf8');

const SCHEMAS = {
  presence: PresenceMessageSchema.strict(),
  command: CommandMessageSchema.strict(),
  answer: AnswerMessageSchema,
  event: EventMessageSchema.strict(),
};

const examples = [...PAGE.matchAll(/```json (presence|command|answer|event)\n([\s\S]*?)```/g)].map(
  ([, kind, text = '']) => ({ kind, text: text.replaceAll(/\s+/g, ' ').trim() }),
);

test('every kind of message has an example', () => {
  expect(new Set(examples.map(({ kind }) => kind))).toEqual(new Set(Object.keys(SCHEMAS)));
});

test.each(examples)('the $kind $text is one, with no field that does not count', ({ kind, text }) => {
  const schema = SCHEMAS[kind as keyof typeof SCHEMAS];
  expect(schema.parse(JSON.parse(text))).toEqual(JSON.parse(text));
});

test.each([commandTopic('{id}'), ...DEVICE_MESSAGE_KINDS.map((kind) => deviceTopic('{id}', kind))])(
  'the topic %s is told',
  (topic) => {
    expect(PAGE).toContain(`| \`${topic}\` |`);
  },
);

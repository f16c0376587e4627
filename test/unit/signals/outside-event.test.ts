import { afterEach, beforeEach, expect, test } from 'vitest';
import { readProjectFile } from '#definition/project.ts';
import { Source } from '#definition/source.ts';
import { createOutsideEvent } from '#functions/outside-event/outside-event.ts';
import { isOfTopic } from '#signals/outside-event.ts';
import { World } from '#support/world.ts';

let world: World;
beforeEach(async () => {
  world = await World.create();
});
afterEach(() => world[Symbol.dispose]());

function projectOf(events: string) {
  return readProjectFile(Source.parse('stepwright.yaml', `stepwright: 1\nevents: [${events}]\n`));
}

const EVENTS = `
  { topic: plant/+/door, name: door.opened, data: "{% $payload.open ? { 'hall': $topic[1], 'by': $payload.by } %}" },
  { topic: plant/#, name: anything, keep: 1m },
  { bus: { source: aws.ec2, detailType: [State-change, Other] }, name: machine, data: "{% $merge([$payload, { 'kind': $detailType }]) %}" },
  { bus: { source: [mine, yours] }, name: own }
`;

const take = (message: unknown) => createOutsideEvent(world.ports, projectOf(EVENTS).events)(message);
const onTopic = (topic: string, text: string) =>
  take({ topic, payload: Buffer.from(text).toString('base64') });

async function waiting(name: string): Promise<string> {
  const id = await world.start(`steps: [{ id: a, wait: { event: { name: "{% $input.name %}" } } }]`, {
    name,
  });
  await world.quiet();
  return id;
}

test('a message of a topic is told as each source that means it says', async () => {
  const [door, any] = [await waiting('door.opened'), await waiting('anything')];
  expect(await onTopic('plant/h2/door', '{"open":true,"by":"ann"}')).toEqual({ taken: 2 });
  expect(await world.settle(door)).toMatchObject({ output: { a: { hall: 'h2', by: 'ann' } } });
  expect(await world.settle(any)).toMatchObject({ output: { a: { open: true, by: 'ann' } } });
});

test('one for which its expression gives nothing is no event, and one that is no JSON is a text', async () => {
  await waiting('door.opened');
  expect(await onTopic('plant/h2/door', '{"open":false}')).toEqual({ taken: 0 });
  expect(await onTopic('other/h2/door', '{"open":true}')).toEqual({ taken: 0 });
  await world.clock.advance(1);
  await onTopic('plant/h2', 'hello');
  expect(await world.settle(await waiting('anything'))).toMatchObject({ output: { a: { open: false } } });
  await world.clock.advance(60_000);
  await onTopic('plant/h2', 'hello');
  expect(await world.settle(await waiting('anything'))).toMatchObject({ output: { a: 'hello' } });
});

test('an event of the bus is told once, however often it is delivered', async () => {
  const id = await waiting('machine');
  const event = { id: 'e1', source: 'aws.ec2', 'detail-type': 'State-change', detail: { n: 1 }, time: 'now' };
  expect(await take({ ...event, 'detail-type': 'Third' })).toEqual({ taken: 0 });
  expect(await take(event)).toEqual({ taken: 1 });
  expect(await world.settle(id)).toMatchObject({ output: { a: { n: 1, kind: 'State-change' } } });
  await waiting('machine');
  await take(event);
  expect(await take({ ...event, id: 'e2' })).toEqual({ taken: 1 });
});

test('a message for which an expression fails is refused, once the other sources have told of it', async () => {
  const id = await waiting('anything');
  const { events } = projectOf(
    `{ topic: plant/x, name: a, data: "{% $payload + 1 %}" }, { topic: plant/x, name: anything }`,
  );
  const payload = Buffer.from('{}').toString('base64');
  await expect(createOutsideEvent(world.ports, events)({ topic: 'plant/x', payload })).rejects.toMatchObject({
    code: 'SW4106',
    message: expect.stringMatching(/^what came from plant\/x cannot be told as "a": /),
  });
  expect(await world.settle(id)).toMatchObject({ status: 'SUCCEEDED' });
});

test.each([
  ['plant/+/door', 'plant/a/door', true],
  ['plant/+/door', 'plant/a/b/door', false],
  ['plant/#', 'plant', true],
  ['plant/#', 'plant/a/b', true],
  ['plant/#', 'plants/a', false],
  ['+/door', 'plant/door', true],
])('of %s is %s: %s', (filter, topic, expected) => {
  expect(isOfTopic(filter, topic)).toBe(expected);
});

test.each([
  ['{ topic: "#", name: a }', 'takes in topics of the device protocol'],
  ['{ topic: stepwright/devices/+/answers, name: a }', 'takes in topics of the device protocol'],
  ['{ topic: plant/#/x, name: a }', 'is no filter of topics'],
  ['{ topic: "pl ant", name: a }', 'is no filter of topics'],
  ['{ topic: plant, name: stepwright/x }', 'is kept for its own events'],
  ['{ topic: plant, name: a, data: plain }', 'is no expression'],
  ['{ topic: plant, name: a, data: "{% $payload. %}" }', 'is no expression'],
  ['{ topic: plant, name: a, data: "{% $input %}" }', 'reads $input; here there is $payload, $topic'],
  ['{ topic: plant, name: a, keep: 25h }', 'is longer than 24h'],
  ['{ name: a }', ''],
])('%s is refused: %s', (source, words) => {
  const { diagnostics, events } = projectOf(source);
  expect(events).toEqual([]);
  expect(diagnostics.map(({ message }) => message).join('\n')).toContain(words);
  expect(diagnostics.length).toBeGreaterThan(0);
});

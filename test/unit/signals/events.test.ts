import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createApi } from '#api/api.ts';
import type { Json } from '#core/json.ts';
import { tellAll } from '#signals/tell-all.ts';
import { type ApiCalls, apiCalls, json } from '#support/api-calls.ts';
import { compileText } from '#support/compile-text.ts';
import { World } from '#support/world.ts';

let world: World;
let api: ApiCalls;
beforeEach(async () => {
  world = await World.create();
  api = apiCalls(createApi({ ports: world.ports, version: '1.2.3' }));
});
afterEach(() => world[Symbol.dispose]());

const DOOR = 'wait: { event: { name: door, where: "{% $event.door = $input.door %}" } }';

async function waiting(door: string, steps = `[{ id: a, ${DOOR} }]`): Promise<string> {
  const compiled = compileText(`steps: ${steps}`);
  const id = await world.start({ ...compiled, name: `w${steps.length}` }, { door });
  await world.quiet();
  return id;
}

const tell = (data: Json, more: object = {}) => tellAll(world.ports, { name: 'door', data, ...more });

describe('an event', () => {
  test('ends every wait that means it, and looks at no other', async () => {
    const [one, two] = [await waiting('d7'), await waiting('d7')];
    for (let n = 0; n < 20; n++) await waiting(`other-${n}`);
    let read = 0;
    const { table } = world.ports;
    const counting = {
      ...world.ports,
      engine: world.ports.engine,
      table: {
        ...{ get: table.get.bind(table), put: table.put.bind(table), update: table.update.bind(table) },
        ...{
          delete: table.delete.bind(table),
          transact: table.transact.bind(table),
          putAll: table.putAll.bind(table),
        },
        query: async (query: Parameters<typeof table.query>[0]) => {
          const page = await table.query(query);
          read += page.items.length;
          return page;
        },
      },
    };
    expect(await tellAll(counting, { name: 'door', data: { door: 'd7' } })).toEqual({
      taken: 2,
      isRepeated: false,
    });
    expect(read).toBe(3);
    expect(await world.settle(one)).toMatchObject({ output: { a: { door: 'd7' } } });
    expect(await world.settle(two)).toMatchObject({ status: 'SUCCEEDED' });
  });

  test('whose field is a list reaches whoever waits for one of its entries', async () => {
    const id = await waiting(
      'd7',
      '[{ id: a, wait: { event: { name: door, where: "{% $event.list.door = $input.door %}" } } }]',
    );
    expect(await tell({ list: [{ door: 'd7' }] })).toMatchObject({ taken: 1 });
    expect(await world.settle(id)).toMatchObject({ status: 'SUCCEEDED' });
  });
});

describe('an event with an id', () => {
  test('is taken once, however often it is told', async () => {
    await waiting('d7');
    expect(await tell({ door: 'd7' }, { id: 'e1' })).toEqual({ taken: 1, isRepeated: false });
    await waiting('d7');
    expect(await tell({ door: 'd7' }, { id: 'e1' })).toEqual({ taken: 1, isRepeated: true });
    expect(await tell({ door: 'd7' }, { id: 'e2' })).toMatchObject({ taken: 1 });
  });

  test('is another one a day later', async () => {
    await waiting('d7');
    await tell({ door: 'd7' }, { id: 'e1' });
    await waiting('d7');
    await world.clock.advance(24 * 3_600_000);
    expect(await tell({ door: 'd7' }, { id: 'e1' })).toEqual({ taken: 1, isRepeated: false });
  });

  test('whose telling broke off goes on, and no execution takes it again', async () => {
    const steps = `[{ id: a, ${DOOR} }, { id: b, ${DOOR} }]`;
    const one = await waiting('d7', steps);
    const two = await waiting('d7', steps);
    let answers = 0;
    const engine = {
      succeedTask: async (token: string, output: Json) => {
        if (++answers === 2) throw new Error('the process ends');
        return world.ports.engine.succeedTask(token, output);
      },
      failTask: world.ports.engine.failTask.bind(world.ports.engine),
    };
    const event = { name: 'door', data: { door: 'd7' }, id: 'e1' };
    await expect(tellAll({ ...world.ports, engine }, event)).rejects.toThrow('the process ends');
    await world.quiet();
    expect(await tellAll(world.ports, event)).toEqual({ taken: 1, isRepeated: false });
    await world.quiet();
    for (const id of [one, two])
      expect((await world.view(id)).steps.map(({ status }) => status)).toEqual(['SUCCEEDED', 'RUNNING']);
  });
});

describe('an event that is kept', () => {
  test('ends waits that begin in its time, in each execution one', async () => {
    expect(await tell({ door: 'd7' }, { keepMs: 60_000 })).toMatchObject({ taken: 0 });
    const one = await waiting('d7');
    const other = await waiting('d8');
    const two = await waiting('d7', `[{ id: a, ${DOOR} }, { id: b, ${DOOR} }]`);
    expect(await world.settle(one)).toMatchObject({ output: { a: { door: 'd7' } } });
    expect((await world.view(other)).steps).toMatchObject([{ status: 'RUNNING' }]);
    expect((await world.view(two)).steps).toMatchObject([{ status: 'SUCCEEDED' }, { status: 'RUNNING' }]);
  });

  test('is gone when its time is up', async () => {
    await tell({ door: 'd7' }, { keepMs: 60_000 });
    await world.clock.advance(60_000);
    const id = await waiting('d7');
    expect((await world.view(id)).steps).toMatchObject([{ status: 'RUNNING' }]);
  });

  test('ends all steps of an execution that waited when it came', async () => {
    const id = await waiting(
      'd7',
      `[{ id: both, parallel: { l: [{ id: a, ${DOOR} }], r: [{ id: b, ${DOOR} }] } }]`,
    );
    expect(await tell({ door: 'd7' }, { keepMs: 60_000 })).toMatchObject({ taken: 2 });
    expect(await world.settle(id)).toMatchObject({ status: 'SUCCEEDED' });
  });

  test('does not count again for an execution that waited, took it, and waits once more', async () => {
    const id = await waiting('d7', `[{ id: a, ${DOOR} }, { id: b, ${DOOR} }]`);
    await tell({ door: 'd7' }, { keepMs: 60_000 });
    await world.quiet();
    await world.clock.advance(1);
    expect((await world.view(id)).steps).toMatchObject([{ status: 'SUCCEEDED' }, { status: 'RUNNING' }]);
  });
});

test('the API takes id and keep, and the Idempotency-Key where there is no id', async () => {
  const event = json({ name: 'door', data: { door: 'd7' }, id: 'e1', keep: '30s' });
  expect((await api.good('POST', '/v1/events', event)).document).toEqual({ taken: 0 });
  expect((await api.good('POST', '/v1/events', event)).document).toEqual({ taken: 0, repeated: true });
  const id = await waiting('d7');
  expect(await world.settle(id)).toMatchObject({ status: 'SUCCEEDED' });
  const bare = { ...json({ name: 'door' }), headers: { 'idempotency-key': 'e1' } };
  expect((await api.good('POST', '/v1/events', bare)).document).toEqual({ taken: 0, repeated: true });
  for (const keep of ['25h', 'long'])
    expect(await api.problem('POST', '/v1/events', json({ name: 'door', keep }))).toMatchObject({
      code: 'SW4001',
    });
});

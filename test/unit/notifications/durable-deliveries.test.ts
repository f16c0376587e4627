import { expect, test } from 'vitest';
import { deliver } from '#notifications/deliver.ts';
import { deliveryDeadline, listDeliveries } from '#notifications/delivery.ts';
import { getNotification, listNotifications } from '#notifications/notification.ts';
import type { Incident } from '#notifications/notifier.ts';
import { retryDeliveries } from '#notifications/retry.ts';
import { testReceiver } from '#notifications/test-receiver.ts';
import { DeliveryBench } from '#support/delivery-bench.ts';
import { ReceivingServer } from '#support/receiving-server.ts';
import type { Table } from '#table/table.ts';

const hookAt = (server: ReceivingServer) => ({ webhook: { url: `http://${server.host}/` } });

/** The store as a process sees it that dies in the middle of a write; only the first one of these fails. */
function dying(method: 'put' | 'transact', isMeant: (text: string) => boolean): (table: Table) => Table {
  let isDead = false;
  return (table) =>
    new Proxy(table, {
      get: (target, name: keyof Table) => {
        const called = target[name].bind(target);
        if (name !== method) return called;
        return async (...args: never[]) => {
          if (!isDead && isMeant(JSON.stringify(args))) {
            isDead = true;
            throw new Error('the process has died');
          }
          return Reflect.apply(called, target, args);
        };
      },
    });
}

test('a process that dies between sending and noting it sends it again after its restart, under the same id', async () => {
  await using server = await ReceivingServer.start();
  const see = dying('transact', (text) => text.includes('"status":"DELIVERED"'));
  const bench = new DeliveryBench({ hosts: [server.host], see });
  await bench.send({ receivers: [[{ name: 'hook', receiver: hookAt(server) }]] });
  await bench.next();
  expect({ count: server.received.length, defects: bench.defects.length }).toEqual({ count: 1, defects: 1 });

  await bench.restart();
  expect(await bench.end()).toMatchObject([{ status: 'DELIVERED', tries: 2 }]);
  const ids = server.received.map(({ headers }) => headers['stepwright-delivery-id']);
  expect(ids).toEqual([ids[0], ids[0]]);
});

test('a process that dies before it notes that it is about to send has sent nothing, and does so after its restart', async () => {
  await using server = await ReceivingServer.start();
  const see = dying('put', (text) => text.includes('"tries":1'));
  const bench = new DeliveryBench({ hosts: [server.host], see });
  await bench.send({ receivers: [[{ name: 'hook', receiver: hookAt(server) }]] });
  await bench.next();
  expect(server.received).toEqual([]);
  await bench.restart();
  await bench.end();
  expect(server.received).toHaveLength(1);
});

test('deliveries that were written and not begun are begun by the look that was asked for before', async () => {
  await using server = await ReceivingServer.start();
  const bench = new DeliveryBench({ hosts: [server.host] });
  const { deadlines } = bench.ports;
  const asked: string[] = [];
  Object.assign(bench.ports, {
    deadlines: {
      schedule: async (...[deadline, at]: Parameters<typeof deadlines.schedule>) => {
        if (asked.push(deadline.id) > 1) throw new Error('the process has died');
        await deadlines.schedule(deadline, at);
      },
    },
  });
  await expect(bench.send({ receivers: [[{ name: 'hook', receiver: hookAt(server) }]] })).rejects.toThrow(
    'died',
  );
  Object.assign(bench.ports, { deadlines });
  expect(await bench.end()).toMatchObject([{ status: 'DELIVERED' }]);
});

test('whoever is told in the place of another is begun by the next wake-up, where the process died before it could', async () => {
  await using server = await ReceivingServer.start();
  const bench = new DeliveryBench({ hosts: [server.host] });
  const { deadlines } = bench.ports;
  Object.assign(bench.ports, {
    deadlines: {
      schedule: async (...[deadline, at]: Parameters<typeof deadlines.schedule>) => {
        if (deadline.id.startsWith('hook ')) throw new Error('the process has died');
        await deadlines.schedule(deadline, at);
      },
    },
  });
  const first = { name: 'list', receiver: { email: 'a@x.org' } };
  await bench.send({ receivers: [[first, { name: 'hook', receiver: hookAt(server) }]] });
  await bench.next();
  expect(await bench.deliveries()).toMatchObject([{ name: 'hook', tries: 0 }, { status: 'FAILED' }]);
  Object.assign(bench.ports, { deadlines });
  await deliver(bench.ports, deliveryDeadline({ notification: 'n', name: 'list' }).id);
  expect(await bench.end()).toMatchObject([{ name: 'hook', status: 'DELIVERED' }, { name: 'list' }]);
});

test('what is told twice under one id is sent once, and what comes late of it changes nothing', async () => {
  await using server = await ReceivingServer.start();
  const bench = new DeliveryBench({ hosts: [server.host] });
  await bench.say({ receivers: { hook: hookAt(server) }, routes: [{ topics: ['plant'], to: ['hook'] }] });
  await bench.send();
  await bench.send();
  const [delivery] = await bench.end();
  await bench.send();
  await bench.end();
  if (delivery !== undefined) await deliver(bench.ports, deliveryDeadline(delivery).id);
  expect(server.received).toHaveLength(1);
  expect(await listNotifications(bench.store, { day: '2026-01-01' })).toMatchObject({
    notifications: [{ id: 'n', pending: 0, delivered: 1, failed: 0 }],
  });
});

test('two that are woken for one delivery at once send it once', async () => {
  await using server = await ReceivingServer.start();
  const bench = new DeliveryBench({ hosts: [server.host] });
  await bench.send({ receivers: [[{ name: 'hook', receiver: hookAt(server) }]] });
  const { id } = deliveryDeadline({ notification: 'n', name: 'hook' });
  await Promise.all([deliver(bench.ports, id), deliver(bench.ports, id)]);
  await bench.end();
  expect(server.received).toHaveLength(1);
});

test('a link is made when it is sent, is in no record, and is not sent when nobody needs it any more', async () => {
  await using server = await ReceivingServer.start((response, { body }) => response.writeHead(400).end(body));
  const hosts = [server.host];
  const confidential = { kind: 'approval-link', approval: 'e:ask:0', askedAt: 1 } as const;
  const settings = {
    receivers: { ada: { ...hookAt(server), fallback: 'ops' }, ops: hookAt(server) },
    routes: [{ people: ['ADA@x.org'], to: ['ada'] }, { to: ['ops'] }],
  };
  const bench = new DeliveryBench({ hosts });
  await bench.say(settings);
  await bench.send({ to: 'ada@x.org', topic: 'approval-links', confidential });
  const kept = JSON.stringify([await bench.end(), await getNotification(bench.store, 'n')]);
  const [own, inPlace] = server.received;
  expect(own?.body).toContain('https://s.example/answer?token=t');
  // Whoever is told in the place of a person is told that they are asked, and cannot answer for them.
  expect(inPlace?.body).toMatch(/Is it well\?/);
  expect(inPlace?.body).not.toContain('token=');
  // The service repeated what it was sent, and that was not kept either.
  expect(kept).not.toContain('token=');

  const late = new DeliveryBench({ hosts, makeConfidential: async () => undefined });
  await late.say(settings);
  await late.send({ to: 'ada@x.org', topic: 'approval-links', confidential });
  expect(await late.end()).toMatchObject([{ name: 'ada', status: 'CANCELLED' }]);
  expect(await getNotification(late.store, 'n')).toMatchObject({ cancelled: 1, pending: 0 });
  expect(server.received).toHaveLength(2);
});

test("a fault that is no receiver's is told, without what it says in the record, and then tells the next", async () => {
  await using server = await ReceivingServer.start();
  const mailer = { send: async () => Promise.reject(new TypeError('no such thing as token=t')) };
  const bench = new DeliveryBench({ hosts: [server.host], mailer });
  const first = { name: 'list', receiver: { email: 'a@x.org' } };
  await bench.send({ receivers: [[first, { name: 'hook', receiver: hookAt(server) }]] });
  expect(await bench.end()).toMatchObject([
    { name: 'hook', status: 'DELIVERED', inPlaceOf: 'list' },
    { name: 'list', status: 'FAILED', error: { message: 'it could not be sent: TypeError' } },
  ]);
  expect(bench.defects[0]).toEqual(new TypeError('no such thing as token=t'));
  expect(bench.defects.length).toBeGreaterThan(3);
});

test('what has failed is listed, and is sent again as the project now says', async () => {
  await using server = await ReceivingServer.start();
  const bench = new DeliveryBench({ hosts: [server.host, '127.0.0.1:1'] });
  await bench.say({
    receivers: { hook: { webhook: { url: 'http://127.0.0.1:1/' } } },
    routes: [{ to: ['hook'] }],
  });
  await bench.send();
  await bench.end();
  expect(await listDeliveries(bench.store, { status: 'FAILED' })).toMatchObject({
    deliveries: [{ notification: 'n', name: 'hook' }],
  });

  await bench.say({ receivers: { hook: hookAt(server) } });
  await expect(retryDeliveries(bench.ports, 'n', 'other')).rejects.toMatchObject({ code: 'SW4203' });
  expect(await retryDeliveries(bench.ports, 'n')).toBe(1);
  expect(await listDeliveries(bench.store, { status: 'PENDING' })).toMatchObject({
    deliveries: [{ notification: 'n', tries: 0 }],
  });
  expect(await bench.end()).toMatchObject([{ status: 'DELIVERED', tries: 1 }]);
  expect(await getNotification(bench.store, 'n')).toMatchObject({ pending: 0, delivered: 1, failed: 0 });
  expect(await listDeliveries(bench.store, { status: 'FAILED' })).toEqual({ deliveries: [] });
  await expect(retryDeliveries(bench.ports, 'n')).rejects.toMatchObject({ code: 'SW4203' });
  await expect(retryDeliveries(bench.ports, 'none')).rejects.toMatchObject({ code: 'SW4201' });
});

test('a receiver is tried by a message, and one that is not known is told', async () => {
  await using server = await ReceivingServer.start();
  const bench = new DeliveryBench({ hosts: [server.host] });
  await bench.say({ receivers: { hook: hookAt(server) } });
  const notifier = { send: (one: Parameters<DeliveryBench['send']>[0]) => bench.send(one) };
  const id = await testReceiver({ ...bench.ports, notifier }, 'hook');
  await bench.end();
  expect(await bench.deliveries(id)).toMatchObject([{ name: 'hook', status: 'DELIVERED' }]);
  for (const name of ['none', 'constructor', 'toString'])
    await expect(testReceiver({ ...bench.ports, notifier }, name)).rejects.toMatchObject({ code: 'SW4202' });
});

test('that a trouble began is not told late, once it is known of or over; that it began anew is', async () => {
  let isUp = false;
  await using server = await ReceivingServer.start((response) => response.writeHead(isUp ? 202 : 503).end());
  const bench = new DeliveryBench({
    hosts: [server.host],
    secrets: { STEPWRIGHT_SECRET_PAGER: 'key' },
  });
  const receiver = { pagerduty: 'pager', url: `http://${server.host}/` };
  const say = (id: string, action: Incident['action']) =>
    bench.send({
      id,
      incident: { key: 'k', action, severity: 'critical' },
      receivers: [[{ name: 'pager', receiver }]],
    });
  await say('began', 'trigger');
  await bench.next();
  isUp = true;
  await say('over', 'resolve');
  await bench.end();
  await say('again', 'trigger');
  await bench.end();
  const actions = server.received.map(({ body }) => JSON.parse(body).event_action);
  expect(actions).toEqual(['trigger', 'resolve', 'trigger']);
  expect(await bench.deliveries('began')).toMatchObject([{ status: 'CANCELLED', tries: 2 }]);
  expect(await bench.deliveries('again')).toMatchObject([{ status: 'DELIVERED' }]);
});

test('two that fail in one moment, and have one in their place, tell it once', async () => {
  await using server = await ReceivingServer.start();
  const bench = new DeliveryBench({ hosts: [server.host] });
  const inPlace = { name: 'hook', receiver: hookAt(server) };
  const receivers = ['a', 'b'].map(
    (name) => [{ name, receiver: { email: `${name}@x.org` } }, inPlace] as const,
  );
  await bench.send({ receivers });
  const wake = (name: string) => deliver(bench.ports, deliveryDeadline({ notification: 'n', name }).id);
  await Promise.all([wake('a'), wake('b')]);
  expect((await bench.end()).map(({ name, status }) => `${name} ${status}`)).toEqual([
    ...['a FAILED', 'b FAILED', 'hook DELIVERED'],
  ]);
  expect(server.received).toHaveLength(1);
  expect(await getNotification(bench.store, 'n')).toMatchObject({ pending: 0, delivered: 1, failed: 2 });
});

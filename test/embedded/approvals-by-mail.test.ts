import { afterEach, beforeEach, expect, test } from 'vitest';
import { createApi } from '#api/api.ts';
import { type Delivery, deliveriesOf } from '#notifications/delivery.ts';
import { DeliveryFailure } from '#notifications/failure.ts';
import { listNotifications } from '#notifications/notification.ts';
import type { Mail } from '#notifications/send/mailer.ts';
import { putGroup } from '#signals/group.ts';
import { vote } from '#signals/vote.ts';
import { World } from '#support/world.ts';

const LINKS = { secret: async () => 's'.repeat(40), baseUrl: async () => 'https://s.example' };

let world: World;
let mails: Mail[];
let isDown: boolean;
beforeEach(async () => {
  [mails, isDown] = [[], false];
  const mailer = {
    send: async (mail: Mail) => {
      if (isDown) throw new DeliveryFailure('no connection', { isFinal: false });
      mails.push(mail);
    },
  };
  world = await World.create({ links: LINKS, mailer });
  await putGroup(world.ports.table, { name: 'ops', members: ['ada@x.org', 'Bob@x.org', 'carol'] });
});
afterEach(() => world[Symbol.dispose]());

const linkIn = ({ text }: Mail): URL => new URL(/https:\S+/.exec(text)?.[0] ?? 'https://no.link');

async function asked(fields: string) {
  const id = await world.start(`steps: [{ id: ask, approve: { group: ops, message: Open?, ${fields} } }]`);
  await world.until(() => mails.length === 2 || isDown);
  return { id, approval: `${id}:ask:0` };
}

/** What has become of the links of all, when nothing more comes of them. */
async function linksSettled(): Promise<readonly Delivery[]> {
  const found = async () => {
    const { notifications } = await listNotifications(world.ports.table, { day: '2026-01-01' });
    const links = notifications.filter(({ to }) => to !== undefined);
    return (await Promise.all(links.map(({ id }) => deliveriesOf(world.ports.table, id)))).flat();
  };
  await world.until(async () => (await found()).every(({ status }) => status !== 'PENDING'));
  return found();
}

test('everybody who has an address gets a link of their own by mail, and answers by it', async () => {
  const { id } = await asked('quorum: 1');
  expect(mails.map(({ to }) => to).toSorted()).toEqual(['Bob@x.org', 'ada@x.org']);
  const own = mails.find(({ to }) => to === 'ada@x.org');
  const url = own === undefined ? new URL('https://none') : linkIn(own);
  const api = createApi({ ports: world.ports, version: '1.2.3' });
  const query = Object.fromEntries(url.searchParams);
  const answer = { method: 'POST', path: url.pathname, query, headers: {}, body: 'decision=approve' };
  expect((await api(answer)).status).toBe(200);
  expect(await world.settle(id)).toMatchObject({
    output: { ask: { by: 'ada@x.org', votes: [{ via: 'link' }] } },
  });
});

test('a reminder goes to those who have not spoken, under an id of its own', async () => {
  const { approval } = await asked('quorum: 2, remind: 15m');
  await vote(world.ports, approval, { by: 'ada@x.org', decision: 'approve' });
  await world.until(() => mails.length > 2);
  await world.quiet();
  expect(mails.slice(2).map(({ to }) => to)).toEqual(['Bob@x.org']);
  expect(new Set(mails.map(({ id }) => id)).size).toBe(3);
});

test('a mail server that comes back late sends no link of what is decided by then', async () => {
  isDown = true;
  const { approval } = await asked('quorum: 1');
  await vote(world.ports, approval, { by: 'carol', decision: 'approve' });
  isDown = false;
  const deliveries = await linksSettled();
  expect(deliveries.map(({ status, name }) => `${name} ${status}`).toSorted()).toEqual([
    'email:ada@x.org CANCELLED',
    'email:bob@x.org CANCELLED',
  ]);
  expect(mails).toEqual([]);
  expect(JSON.stringify(deliveries)).not.toMatch(/token|answer/);
});

test('who has left the group by then is sent no link', async () => {
  isDown = true;
  await asked('quorum: 1');
  await putGroup(world.ports.table, { name: 'ops', members: ['ADA@x.org', 'carol'] });
  isDown = false;
  const deliveries = await linksSettled();
  expect(deliveries.map(({ status }) => status).toSorted()).toEqual(['CANCELLED', 'DELIVERED']);
  expect(mails.map(({ to }) => to)).toEqual(['ada@x.org']);
});

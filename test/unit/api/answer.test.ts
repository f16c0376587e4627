import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Api, createApi } from '#api/api.ts';
import type { HttpResponse } from '#api/http.ts';
import { html } from '#core/html.ts';
import { actionsOf } from '#executions/operate/action.ts';
import { stopExecution } from '#executions/stop.ts';
import { listNotifications } from '#notifications/notification.ts';
import { getApproval } from '#signals/approval.ts';
import { putGroup } from '#signals/group.ts';
import { vote } from '#signals/vote.ts';
import { World } from '#support/world.ts';

const LINKS = { secret: async () => 's'.repeat(40), baseUrl: async () => 'https://s.example' };
const MESSAGE = `<script>alert("x")</script> & 'y'?`;

let world: World;
let api: Api;
beforeEach(async () => {
  world = await World.create({ links: LINKS });
  api = createApi({ ports: world.ports, version: '1.2.3' });
  await putGroup(world.ports.table, { name: 'ops', members: ['ada@x.org', 'bob@x.org'] });
});
afterEach(() => world[Symbol.dispose]());

/** Starts an execution that asks, and gives its approval with the link of a person. */
async function asked(more = 'quorum: 2, timeout: 1h') {
  const message = JSON.stringify(MESSAGE);
  const id = await world.start(`steps: [{ id: ask, approve: { group: ops, message: ${message}, ${more} } }]`);
  await world.quiet();
  return { id, approval: `${id}:ask:0` };
}

async function linkOf(approval: string, person: string): Promise<URL> {
  const { body } = await call(
    'GET',
    new URL(`/v1/approvals/${encodeURIComponent(approval)}/links`, 'https://s.example'),
  );
  const { links } = z
    .object({ links: z.array(z.object({ to: z.string(), link: z.string() })) })
    .parse(JSON.parse(body));
  return new URL(links.find(({ to }) => to === person)?.link ?? 'https://no.link');
}

function call(method: string, url: URL, body?: string): Promise<HttpResponse> {
  return api({
    ...{ method, path: url.pathname, query: Object.fromEntries(url.searchParams), headers: {} },
    ...(body === undefined ? {} : { body }),
  });
}

const titleOf = ({ status, body }: HttpResponse): string => `${status} ${/<h1>(.*)<\/h1>/.exec(body)?.[1]}`;

describe('the page of a link', () => {
  test('shows what is asked, and nothing of it is taken for HTML', async () => {
    const { approval } = await asked();
    const shown = await call('GET', await linkOf(approval, 'ada@x.org'));
    expect(titleOf(shown)).toBe('200 Your approval is asked for');
    expect(shown.body).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &#39;y&#39;?');
    expect(shown.body).toContain('2026-01-01 01:00 UTC, in 1 h');
    expect(shown.body).not.toMatch(/<script|<img|<link|src=|href=| on\w+=/);
    expect(shown.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': expect.stringMatching(
        /^default-src 'none'; style-src 'sha256-\S+'; form-action 'self'/,
      ),
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
      'x-frame-options': 'DENY',
    });
  });

  test('decides nothing, however often it is opened', async () => {
    const { approval } = await asked();
    const link = await linkOf(approval, 'ada@x.org');
    for (const method of ['GET', 'HEAD', 'GET']) await call(method, link);
    link.searchParams.set('decision', 'approve');
    expect((await call('GET', link)).status).toBe(200);
    expect(await getApproval(world.ports.table, approval)).toMatchObject({ votes: [], revision: 0 });
  });

  test('takes the answer of a person once, with why', async () => {
    const { id, approval } = await asked();
    const link = await linkOf(approval, 'ada@x.org');
    const taken = await call('POST', link, 'decision=approve&comment=+as%0D%0Aagreed+');
    expect(titleOf(taken)).toBe('200 You have approved');
    expect(taken.body).toContain('1 of 2 have approved.');
    for (const method of ['POST', 'GET']) {
      const again = await call(method, link, 'decision=reject');
      expect(titleOf(again)).toBe('410 You have answered already');
      expect(again.body).toContain('You approved on 2026-01-01 00:00 UTC.');
    }
    await call('POST', await linkOf(approval, 'bob@x.org'), 'decision=approve');
    const votes = [
      { by: 'ada@x.org', via: 'link', comment: 'as\nagreed' },
      { by: 'bob@x.org', via: 'link' },
    ];
    expect(await world.settle(id)).toMatchObject({ output: { ask: { votes } } });
    expect(await actionsOf(world.ports.table, id)).toMatchObject(
      votes.map(() => ({ operation: 'approve', details: { path: 'ask', via: 'link' } })),
    );
  });

  test('does not take it again after the person has said something else by another way', async () => {
    const { approval } = await asked('quorum: 2, rejections: 2');
    const link = await linkOf(approval, 'ada@x.org');
    await call('POST', link, 'decision=reject');
    await vote(world.ports, approval, { by: 'ada@x.org', decision: 'approve' });
    expect(titleOf(await call('POST', link, 'decision=reject'))).toBe('410 You have answered already');
    expect(await getApproval(world.ports.table, approval)).toMatchObject({
      votes: [{ decision: 'approve' }],
    });
  });

  test.each([
    ['', 'Press one of the buttons.'],
    ['decision=maybe', 'Press one of the buttons.'],
    [`decision=approve&comment=${'x'.repeat(4_097)}`, 'Write at most 4096 characters.'],
  ])('asks again after a form that makes no sense (%#)', async (form, words) => {
    const { approval } = await asked();
    const shown = await call('POST', await linkOf(approval, 'ada@x.org'), form);
    expect(shown).toMatchObject({ status: 400, body: expect.stringContaining(words) });
    expect(await getApproval(world.ports.table, approval)).toMatchObject({ votes: [] });
  });

  test('answers no other method', async () => {
    const { approval } = await asked();
    const refused = await call('PUT', await linkOf(approval, 'ada@x.org'));
    expect(refused).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD, POST' } });
  });
});

describe('a link that is good no more says what has happened', () => {
  const cases: Record<string, (ids: { id: string; approval: string }) => Promise<unknown>> = {
    '410 Already rejected': ({ approval }) =>
      vote(world.ports, approval, { by: 'bob@x.org', decision: 'reject' }),
    '410 The time is up': async () => world.clock.advance(3_600_000),
    '410 Not asked any more': async ({ id }) => {
      await stopExecution(world.ports, id);
      await world.settle(id);
    },
    '403 You may not answer this': () => putGroup(world.ports.table, { name: 'ops', members: ['bob@x.org'] }),
  };

  test.each(Object.entries(cases))('%s', async (title, happen) => {
    const ids = await asked();
    const link = await linkOf(ids.approval, 'ada@x.org');
    await happen(ids);
    await world.quiet();
    const before = await getApproval(world.ports.table, ids.approval);
    for (const method of ['GET', 'POST'])
      expect(titleOf(await call(method, link, 'decision=approve'))).toBe(title);
    expect(await getApproval(world.ports.table, ids.approval)).toEqual(before);
  });

  test('404 for one that was cut off, forged, of another approval or of one that is gone', async () => {
    const { approval } = await asked();
    const other = await asked();
    const link = await linkOf(approval, 'ada@x.org');
    const cut = new URL(link.href.slice(0, -1));
    const moved = new URL(
      link.href.replace(encodeURIComponent(approval), encodeURIComponent(other.approval)),
    );
    const bare = new URL(link.pathname, link);
    for (const wrong of [cut, moved, bare, new URL('/v1/approvals/%ff/answer', link)])
      expect(titleOf(await call('POST', wrong, 'decision=approve'))).toBe('404 This link does not work');
  });
});

test('each person is sent their own link, which is kept nowhere', async () => {
  await asked();
  const { notifications } = await listNotifications(world.ports.table, { day: '2026-01-01' });
  expect(notifications.map(({ topic, to }) => `${topic} ${to}`).toSorted()).toEqual([
    'approval-links ada@x.org',
    'approval-links bob@x.org',
    'approvals undefined',
  ]);
  expect(JSON.stringify(notifications)).not.toMatch(/token|answer/);
});

test('there are no links of an approval that is decided', async () => {
  const { approval } = await asked('quorum: 1');
  await vote(world.ports, approval, { by: 'bob@x.org', decision: 'approve' });
  expect((await linkOf(approval, 'ada@x.org')).href).toBe('https://no.link/');
});

test('text in HTML keeps to its place, also where it turns the direction of writing around', () => {
  const { text } =
    html`<p title="${'a"b'}">${'\u202eevil\u0000'}${undefined}${[html`<b>${'<'}</b>`]}${3}</p>`;
  expect(text).toBe('<p title="a&quot;b"> evil <b>&lt;</b>3</p>');
});

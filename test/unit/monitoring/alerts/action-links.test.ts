import { afterEach, beforeEach, expect, test } from 'vitest';
import { toAlertHistoryDocument } from '#api/alert-history-documents.ts';
import { createApi } from '#api/api.ts';
import type { HttpResponse } from '#api/http.ts';
import { historyLines } from '#cli/alerts/print-history.ts';
import { StepwrightError } from '#core/error.ts';
import { actionsOf } from '#executions/operate/action.ts';
import { pauseExecution } from '#executions/operate/pause.ts';
import { redriveExecution } from '#executions/operate/redrive.ts';
import { makeActionLinks } from '#monitoring/alerts/actions/action-links.ts';
import { makeAlertLinks } from '#monitoring/alerts/actions/alert-links-of-page.ts';
import { alertHistory } from '#monitoring/alerts/history/alert-history.ts';
import type { AlertRecord } from '#monitoring/alerts/records/alert-record.ts';
import { findAlert, putAlert } from '#monitoring/alerts/store/alert-store.ts';
import { signToken } from '#signals/signed-token.ts';
import { but } from '#support/but.ts';
import { type Behaviour, OBEDIENT, World } from '#support/world.ts';
import { ConditionFailed } from '#table/table.ts';

const SECRET = 's'.repeat(43);
const LINKS = { secret: async () => SECRET, baseUrl: async () => 'https://stepwright.example.org' };
const DAY = 86_400_000;

/** Two commands; the second fails on the device. */
const FAILING = `
steps:
  - { id: flash, command: flash, device: d1 }
  - { id: check, command: check, device: d1 }
  - { id: done, set: { well: true } }
`;
/** The first of two can be undone, and its undo fails. */
const UNDONE = FAILING.replace(
  'command: flash, device: d1',
  'command: flash, device: d1, compensate: { command: unflash }',
);
const failing =
  (...commands: readonly string[]): Behaviour =>
  (device, message) =>
    commands.includes(message.command)
      ? { status: 'FAILED', error: 'Device.Broken', cause: 'no power' }
      : OBEDIENT(device, message);

const ALERT: AlertRecord = {
  ...{ id: 'a.1', group: 'plant', alert: 'failing', title: '<b>Fails</b>', severity: 'critical', by: {} },
  ...{ status: 'FIRING', since: 1, foundAt: 1, firedAt: 1, pagings: [], revision: 0, notes: [] },
  ...{ devices: ['d1'], deviceCount: 1, executions: [] },
};

let world: World;
beforeEach(async () => {
  world = await World.create({ links: LINKS, devices: [{ id: 'd1' }], behave: failing('check') });
  await putAlert(world.ports.table, ALERT);
});
afterEach(() => {
  expect(world.defects).toEqual([]);
  world[Symbol.dispose]();
});

async function open(method: string, link: string, ports = world.ports): Promise<HttpResponse> {
  const api = createApi({ ports, version: '1.2.3' });
  const { pathname: path, searchParams } = new URL(link);
  return api({ method, path, query: Object.fromEntries(searchParams), headers: {} });
}

async function linksOf(execution: string, to = 'ana'): Promise<Readonly<Record<string, string>>> {
  const made = await makeActionLinks(world.ports, { alert: 'a.1', execution }, to);
  return Object.fromEntries(made.map(({ verb, link }) => [verb, link]));
}

/** What the history of the alert tells, each with its time cut off. */
async function told(): Promise<readonly string[]> {
  const alert = (await findAlert(world.ports.table, 'a.1')) ?? ALERT;
  const document = toAlertHistoryDocument(await alertHistory(world.ports.table, alert));
  return historyLines(document, { columns: 400 }).map((line) => line.slice(23));
}

/** Ports whose engine cannot redrive. */
const refusing = (error: Error): World['ports'] => ({
  ...world.ports,
  engine: but(world.ports.engine, { redrive: () => Promise.reject(error) }),
});

const statusOf = async (id: string) => (await world.view(id)).status;

test('a link goes on with what has failed, once, in the name of who was sent it', async () => {
  const { id } = await world.run(FAILING);
  const { resume = '', ...others } = await linksOf(id);
  expect(Object.keys(others)).toEqual(['skip']);
  const page = await open('GET', resume);
  expect(page).toMatchObject({ status: 200, body: expect.stringContaining('Resume the execution?') });
  expect(page.body).toContain('&lt;b&gt;Fails&lt;/b&gt;');
  expect(page.body).toContain('Device.Broken: no power');
  // What looks at links in mails changes nothing.
  await open('HEAD', resume);
  expect([await statusOf(id), (await actionsOf(world.ports.table, id)).length]).toEqual(['FAILED', 0]);
  world.behave = OBEDIENT;
  expect((await open('POST', resume)).status).toBe(200);
  expect(await world.settle(id)).toMatchObject({ status: 'SUCCEEDED' });
  expect(await actionsOf(world.ports.table, id)).toMatchObject([
    { operation: 'redrive', by: 'ana', reason: 'by a link of the alert a.1' },
  ]);
  expect(await findAlert(world.ports.table, 'a.1')).toMatchObject({
    ...{ status: 'ACKNOWLEDGED', acknowledgedBy: 'ana' },
    notes: [{ by: 'ana', did: 'resumed', why: `execution ${id}, by link` }],
  });
  for (const method of ['GET', 'POST']) {
    expect(await open(method, resume)).toMatchObject({
      ...{ status: 410, body: expect.stringContaining('ana used it on 2026-01-01 00:0') },
    });
  }
  expect(await actionsOf(world.ports.table, id)).toHaveLength(1);
});

test('of a link that is opened twice at once, one use counts', async () => {
  const { id } = await world.run(FAILING);
  const { resume = '' } = await linksOf(id);
  const statuses = (await Promise.all([open('POST', resume), open('POST', resume)])).map(
    ({ status }) => status,
  );
  expect(statuses.sort()).toEqual([200, 410]);
  expect(await actionsOf(world.ports.table, id)).toHaveLength(1);
});

test('a link skips the step that has failed', async () => {
  const { id } = await world.run(FAILING);
  const { skip = '' } = await linksOf(id);
  expect((await open('GET', skip)).body).toContain('The step &quot;check&quot; is left without a result');
  expect((await open('POST', skip)).body).toContain('The step was skipped');
  const view = await world.settle(id);
  expect(view.steps.map(({ id: step, status }) => [step, status])).toEqual([
    ...[
      ['flash', 'SUCCEEDED'],
      ['check', 'SKIPPED'],
      ['done', 'SUCCEEDED'],
    ],
  ]);
  expect(await actionsOf(world.ports.table, id)).toMatchObject([
    { operation: 'skip', by: 'ana', details: { path: 'check', output: null } },
  ]);
});

test('a link skips the step that is waited for, and resumes what is paused', async () => {
  const id = await world.start('steps: [{ id: door, wait: { event: { name: opened } } }]');
  await world.quiet();
  expect(Object.keys(await linksOf(id))).toEqual(['skip']);
  await pauseExecution(world.ports, id, { by: 'ben' });
  const { resume = '', skip = '' } = await linksOf(id);
  expect((await open('GET', resume)).body).toContain('It is paused, and will go on');
  expect((await open('POST', resume)).status).toBe(200);
  // Made while it was paused.
  expect((await open('POST', skip)).body).toContain('It stands differently now');
  const { skip: again = '' } = await linksOf(id);
  expect((await open('GET', again)).body).toContain('What it waits for is taken back.');
  await open('POST', again);
  expect(await world.settle(id)).toMatchObject({ status: 'SUCCEEDED' });
});

test('a link rolls back what was left behind, and says where that is', async () => {
  world.behave = failing('check', 'unflash');
  const { id } = await world.run(UNDONE);
  expect(await statusOf(id)).toBe('ROLLBACK_INCOMPLETE');
  const { rollback = '', ...others } = await linksOf(id);
  expect(others).toEqual({});
  expect((await open('GET', rollback)).body).toContain('<dt>Left behind on</dt><dd>d1</dd>');
  world.behave = OBEDIENT;
  expect((await open('POST', rollback)).body).toContain('It is being rolled back');
  expect(await world.settle(id)).toMatchObject({ status: 'ROLLED_BACK' });
  expect(await linksOf(id)).toEqual({});
});

test('a link is refused that was forged, altered, or made for something else', async () => {
  const { id } = await world.run(FAILING);
  const { resume = '', skip = '' } = await linksOf(id);
  const [claims = '', signature = ''] = (new URL(resume).searchParams.get('token') ?? '').split('.');
  const [, ofSkip = ''] = (new URL(skip).searchParams.get('token') ?? '').split('.');
  const said = JSON.parse(Buffer.from(claims, 'base64url').toString()) as object;
  const altered = Buffer.from(JSON.stringify({ ...said, verb: 'rollback', to: 'eve' })).toString('base64url');
  const ofAnother = signToken({ secret: SECRET, purpose: 'stepwright alert link v1' }, said);
  const purpose = 'stepwright alert action v1';
  const gone = signToken({ secret: SECRET, purpose }, { ...said, execution: 'none' });
  const tokens = ['', 'x', claims, `${claims}.${ofSkip}`, `${altered}.${signature}`, ofAnother, gone];
  for (const token of tokens) {
    const link = `https://stepwright.example.org/v1/alerts/act?token=${token}`;
    expect((await open('POST', link)).status).toBe(404);
  }
  expect([await statusOf(id), (await actionsOf(world.ports.table, id)).length]).toEqual(['FAILED', 0]);
});

test('a link is good for a day, and as long as nobody has done anything', async () => {
  const { id } = await world.run(FAILING);
  const { resume: late = '' } = await linksOf(id);
  await world.clock.advance(DAY);
  expect(await open('POST', late)).toMatchObject({
    status: 410,
    body: expect.stringContaining('The time is up'),
  });
  const { resume = '' } = await linksOf(id);
  await redriveExecution(world.ports, id, { by: 'ben' });
  await world.settle(id);
  // It has failed again: that is another failure.
  expect(await open('POST', resume)).toMatchObject({
    ...{ status: 410, body: expect.stringContaining('It stands differently now') },
  });
  expect(await actionsOf(world.ports.table, id)).toHaveLength(1);
});

test('a page is sent without these links where there is no execution, or nobody knows where people reach the API', async () => {
  const part = { kind: 'alert-link', paging: 'p', incident: 'i' } as const;
  expect(await makeAlertLinks(world.ports, part, 'ana')).not.toHaveProperty('actions');
  const about = { alert: 'a.1', execution: 'none' };
  expect(await makeAlertLinks(world.ports, { ...part, about }, 'ana')).toMatchObject({ actions: [] });
  const ports = { ...world.ports, links: { ...LINKS, baseUrl: async () => undefined } };
  expect(await makeAlertLinks(ports, { ...part, about }, 'ana')).toBeUndefined();
});

test.each([
  [{ hint: 'start it anew' }, 'start it anew'],
  [{}, 'It was refused'],
])(
  'what the execution refuses is told on the page, and in the history of the alert (%o)',
  async (hint, seen) => {
    const { id } = await world.run(FAILING);
    const { resume = '' } = await linksOf(id);
    const message = 'its steps would only fail again';
    const refused = refusing(new StepwrightError({ code: 'SW4063', kind: 'conflict', message, ...hint }));
    const page = await open('POST', resume, refused);
    expect(page).toMatchObject({ status: 409, body: expect.stringContaining(message) });
    expect(page.body).toContain(seen);
    expect(await open('GET', resume)).toMatchObject({
      ...{ status: 410, body: expect.stringContaining(`It was refused: ${message}`) },
    });
    expect(await told()).toEqual([
      'fired',
      `resume tried by ana: execution ${id}, by link; it was refused: ${message}`,
    ]);
    expect(await findAlert(world.ports.table, 'a.1')).toMatchObject({ status: 'FIRING' });
  },
);

test.each([
  [
    'an engine that is away',
    () => new StepwrightError({ code: 'SW4070', kind: 'unavailable', message: 'away' }),
  ],
  ['a defect', () => new TypeError('no such thing')],
])('a link is good again after %s, and nothing is said to have been tried', async (_what, error) => {
  const { id } = await world.run(FAILING);
  const { resume = '' } = await linksOf(id);
  const ports = refusing(error());
  await open('POST', resume, ports).then(
    ({ status }) => expect(status).toBeGreaterThanOrEqual(500),
    (thrown: unknown) => expect(thrown).toBeInstanceOf(TypeError),
  );
  expect(await told()).toEqual(['fired']);
  world.behave = OBEDIENT;
  expect((await open('POST', resume)).status).toBe(200);
  expect(await world.settle(id)).toMatchObject({ status: 'SUCCEEDED' });
});

test.each([
  ['resume', 'execution ID'],
  ['skip', 'execution ID, step check'],
])(
  'where all breaks down between using up a link to %s and doing it, page and history say that it is not known',
  async (verb, what) => {
    const { id } = await world.run(FAILING);
    const link = (await linksOf(id))[verb] ?? '';
    const { table } = world.ports;
    const broken = (): Promise<never> => Promise.reject(new Error('the power is out'));
    const put: typeof table.put = (item, ...options) =>
      String(item.sk).startsWith('USED#') ? table.put(item, ...options) : broken();
    const ports = {
      ...world.ports,
      table: but(table, { put, update: broken, delete: broken, transact: broken }),
    };
    await expect(open('POST', link, ports)).rejects.toThrow('the power is out');
    for (const method of ['GET', 'POST']) {
      expect(await open(method, link)).toMatchObject({
        ...{ status: 410, body: expect.stringContaining('What came of it is not on record') },
      });
    }
    expect(await told()).toEqual([
      'fired',
      `${verb} tried by ana: ${what.replace('ID', id)}, by link; what came of it is not on record`,
    ]);
    expect([await statusOf(id), (await actionsOf(world.ports.table, id)).length]).toEqual(['FAILED', 0]);
    // A new message has new links.
    await world.clock.advance(1);
    const { [verb]: again = '' } = await linksOf(id);
    expect((await open('POST', again)).status).toBe(200);
  },
);

test('what was done is not said to be refused where the alert is being changed by others meanwhile', async () => {
  const { id } = await world.run(FAILING);
  const { resume = '' } = await linksOf(id);
  const { table } = world.ports;
  const put: typeof table.put = (item, ...options) =>
    item.pk === 'ALERT#a.1' && item.sk === 'META'
      ? Promise.reject(new ConditionFailed(0, undefined))
      : table.put(item, ...options);
  const page = await open('POST', resume, { ...world.ports, table: but(table, { put }) });
  expect(page).toMatchObject({ status: 200, body: expect.stringContaining('It goes on') });
  expect(await told()).toEqual(['fired', `resumed by ana: execution ${id}, by link`]);
  expect((await open('GET', resume)).body).toContain('It was done.');
  expect(await actionsOf(table, id)).toMatchObject([{ operation: 'redrive', by: 'ana' }]);
});

test('a link that cannot be used up is not used, and a page whose execution cannot be read is not sent', async () => {
  const { id } = await world.run(FAILING);
  const { resume = '' } = await linksOf(id);
  const broken = (): Promise<never> => Promise.reject(new Error('the power is out'));
  const ports = { ...world.ports, table: but(world.ports.table, { put: broken }) };
  await expect(open('POST', resume, ports)).rejects.toThrow('the power is out');
  expect((await open('GET', resume)).status).toBe(200);
  const blind = { ...world.ports, table: but(world.ports.table, { get: broken }) };
  await expect(makeActionLinks(blind, { alert: 'a.1', execution: id }, 'ana')).rejects.toThrow('the power');
  const nowhere = { ...world.ports, links: { ...LINKS, baseUrl: async () => undefined } };
  expect(await makeActionLinks(nowhere, { alert: 'a.1', execution: id }, 'ana')).toEqual([]);
});

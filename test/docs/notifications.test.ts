import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readProjectFile } from '#definition/project.ts';
import { Source } from '#definition/source.ts';
import { linesOf } from '#notifications/addressees.ts';
import { checkProjectNotifications } from '#validation/documents/receivers.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/guide/notifications.md'), 'utf8');
const [, text = ''] = /```yaml\n([\s\S]*?)```/.exec(PAGE) ?? [];
const source = Source.parse('stepwright.yaml', text);
const { notifications, diagnostics } = readProjectFile(source);

test('the project of the guide has no errors, and each kind of receiver', () => {
  expect([...diagnostics, ...checkProjectNotifications(notifications, source)]).toEqual([]);
  const kinds = Object.values(notifications?.receivers ?? {}).flatMap((one) => Object.keys(one));
  expect(kinds).toEqual(expect.arrayContaining(['slack', 'email', 'pagerduty', 'webhook']));
});

test.each([
  ['releases', undefined, ['ops-channel', 'plant-system']],
  ['approval-links', 'ada@example.org', ['ada-pager']],
  ['approval-links', 'grace@example.org', ['email:grace@example.org']],
])('%s for %s goes where the guide says', (topic, to, names) => {
  const settings = notifications ?? { receivers: {}, routes: [] };
  const lines = linesOf(settings, { id: 'n', topic, to, message: '' }, { mail: true, topics: false });
  expect(lines.map(([{ name }]) => name)).toEqual(names);
});

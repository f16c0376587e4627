import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { eventsPage } from './events-page.ts';

const PAGE = join(import.meta.dirname, '../../docs/reference/events.md');

/** `UPDATE_DOCS=1` writes the page anew. */
test('the page of events is what the model says', () => {
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(PAGE, eventsPage());
  expect(readFileSync(PAGE, 'utf8')).toBe(eventsPage());
});

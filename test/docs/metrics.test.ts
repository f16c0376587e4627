import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { grafanaDashboard } from '#monitoring/metrics/grafana.ts';
import { metricsPage } from './metrics-page.ts';

const REFERENCE = join(import.meta.dirname, '../../docs/reference');

/** `UPDATE_DOCS=1` writes them anew. */
test.each([
  ['metrics.md', metricsPage()],
  ['grafana-dashboard.json', `${JSON.stringify(grafanaDashboard(), undefined, 2)}\n`],
])('%s is what the metric table says', (name, text) => {
  const file = join(REFERENCE, name);
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(file, text);
  expect(readFileSync(file, 'utf8')).toBe(text);
});

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

/** Largest bundle of a function, in KiB; what is larger takes longer to start cold. */
const MOST_KIB: Readonly<Record<string, number>> = {
  // It makes reports, too: the client of S3, and the parts of D3 that draw charts.
  api: 2_600,
  archive: 1_800,
  decide: 1_650,
  // It looks at executions, for links by which they can be helped.
  deliver: 1_800,
  'publish-workflow': 1_850,
  'roll-up': 1_700,
  'tell-steps': 1_700,
  unwind: 1_500,
  alerts: 1_550,
  // Nobody waits for it.
  'make-reports': 1_970,
  authorizer: 520,
};
const MOST_KIB_OTHERWISE = 1_400;

const NAMES = readdirSync(join(ROOT, 'functions'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

test.each(NAMES)('the bundle of %s keeps to its budget', (name) => {
  const kib = statSync(join(inject('bundles'), 'iot-core', name, 'handler.mjs')).size / 1_024;
  expect(kib).toBeGreaterThan(10);
  expect(kib).toBeLessThan(MOST_KIB[name] ?? MOST_KIB_OTHERWISE);
});

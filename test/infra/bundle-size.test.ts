import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundleFunctions } from '#infra/bundle.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Largest bundle of a function, in KiB; what is larger takes longer to start cold. */
const MOST_KIB: Readonly<Record<string, number>> = {
  // It makes reports, too: the client of S3, and the parts of D3 that draw charts.
  api: 2_800,
  archive: 2_150,
  alerts: 1_950,
  decide: 1_950,
  // It looks at executions, for links by which they can be helped.
  deliver: 2_000,
  'publish-workflow': 1_950,
  'tell-steps': 2_050,
  'roll-up': 1_950,
  unwind: 1_800,
  // Nobody waits for it.
  'make-reports': 2_300,
  authorizer: 520,
};
const MOST_KIB_OTHERWISE = 1_700;

let scratch = '';
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'stepwright-bundles-'));
  bundleFunctions(ROOT, scratch);
}, 60_000);
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const NAMES = readdirSync(join(ROOT, 'functions'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

test.each(NAMES)('the bundle of %s keeps to its budget', (name) => {
  const kib = statSync(join(scratch, name, 'handler.mjs')).size / 1_024;
  expect(kib).toBeGreaterThan(10);
  expect(kib).toBeLessThan(MOST_KIB[name] ?? MOST_KIB_OTHERWISE);
});

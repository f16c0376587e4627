import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { measure, shareOf } from './measure.ts';
import { verdictText } from './print-verdicts.ts';
import { loadCases } from './recorded-case.ts';

/** The recordings are no part of the project: `STEPWRIGHT_CONFORMANCE` names their folder, or they lie beside it. */
const FOLDER =
  process.env['STEPWRIGHT_CONFORMANCE'] ??
  join(import.meta.dirname, '..', '..', '..', 'shared', 'conformance', 'asl');

/** The share that must be reproduced. */
const LEAST = 0.99;

test('recorded runs of Step Functions are reproduced', { timeout: 120_000 }, async ({ skip }) => {
  skip(!existsSync(FOLDER), `no recorded runs in ${FOLDER}: set STEPWRIGHT_CONFORMANCE to measure`);
  const verdicts = await Array.fromAsync(measure(loadCases(FOLDER)));
  const { cases, reproduced } = shareOf(verdicts);
  expect(cases).toBeGreaterThan(0);
  expect(reproduced / cases, verdicts.map(verdictText).join('\n')).toBeGreaterThanOrEqual(LEAST);
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { stepwright } from './command-line.ts';

const WORKFLOW = join(import.meta.dirname, '../../workflows/health-round.yaml');
const folder = mkdtempSync(join(tmpdir(), 'decisions-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const HEAD =
  'stepwright: 1\nversion: 1.0.0\ninputs: { zone: { type: string } }\noutputs: { price: { type: number } }\n';
write('tariffs.csv', 'zone,price\nberlin,0.31\nparis,0.22\n');
const tariff = write(
  'tariff.yaml',
  `${HEAD}decision: tariff
data: { tariffs: { file: tariffs.csv } }
expression: { price: "{% $data.tariffs[zone = $input.zone].price %}" }
tests: [{ name: berlin is dear, given: { zone: berlin }, expect: { price: 0.31 } }]
`,
);

test('a decision file is asked, and tells why', async () => {
  const asked = ['decisions', 'evaluate', tariff, '--input', '{"zone":"paris"}', '--json'];
  const { exitCode, stdout } = await stepwright(asked);
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    ...{ decision: 'tariff', version: '1.0.0', output: { price: 0.22 } },
    trace: { data: ['tariffs'] },
  });
});

test('an input that does not fit is told of, and ends with 2 (SW4019)', async () => {
  const { exitCode, stderr } = await stepwright(['decisions', 'evaluate', tariff, '--input', '{"zone":7}']);
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining('input.zone: 7 must be string')]);
});

test('the cases of a file are run by both test and validate; one that does not hold ends with 1 or 2', async () => {
  const { exitCode, stdout } = await stepwright(['decisions', 'test', tariff]);
  expect([exitCode, stdout]).toEqual([0, expect.stringContaining('1 tests, 0 failed')]);
  const wrong = write(
    'wrong.yaml',
    `${HEAD}decision: wrong\nexpression: { price: 1 }\ntests: [{ given: { zone: a }, expect: { price: 2 } }]\n`,
  );
  const failed = await stepwright(['decisions', 'test', wrong, '--json']);
  expect(failed.exitCode).toBe(1);
  expect(JSON.parse(failed.stdout)).toMatchObject({
    ...{ passed: 0, failed: 1 },
    results: [{ decision: 'wrong', expected: { price: 2 }, actual: { price: 1 } }],
  });
  const validated = await stepwright(['validate', wrong, '--json']);
  expect(validated.exitCode).toBe(2);
  expect(JSON.parse(validated.stdout)).toMatchObject({
    diagnostics: [{ code: 'SW1824', path: 'tests[0].expect' }],
  });
});

test('what is no decision file is told of (SW1007)', async () => {
  const { exitCode, stderr } = await stepwright(['decisions', 'evaluate', WORKFLOW]);
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining('SW1007')]);
});

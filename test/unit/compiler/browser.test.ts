import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { beforeAll, describe, expect, test } from 'vitest';
import { wholeWay } from '#support/whole-way.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** What every browser has besides the language itself: nothing of Node is known in the page. */
const PAGE_GLOBALS = {
  TextEncoder,
  TextDecoder,
  URL,
  crypto,
  performance,
  console,
  setTimeout,
  clearTimeout,
  btoa,
  atob,
};

describe('in a page', () => {
  let inPage: typeof wholeWay;
  let size = 0;

  beforeAll(async () => {
    const { outputFiles } = await build({
      entryPoints: [join(ROOT, 'test/support/whole-way.ts')],
      bundle: true,
      format: 'iife',
      globalName: 'page',
      platform: 'browser',
      minify: true,
      write: false,
    });
    const code = outputFiles[0]?.text ?? '';
    size = gzipSync(code).length;
    const page: unknown = runInContext(`${code}; page`, createContext({ ...PAGE_GLOBALS }));
    inPage = Object(page).wholeWay;
  });

  test.each([
    ['charging-session.yaml', '{"station":"s1","vehicle":"v1"}'],
    ['ring-rollout.yaml', '{"release":"2.0.0","site":"berlin"}'],
  ])('%s is validated, compiled and planned as it is in Node', async (file, input) => {
    const text = readFileSync(join(ROOT, 'workflows', file), 'utf8');
    expect(JSON.parse(await inPage(text, input))).toEqual(JSON.parse(await wholeWay(text, input)));
  });

  test('what is wrong is told with its place', async () => {
    const { diagnostics } = JSON.parse(await inPage('stepwright: 1\nsteps: [{ id: a, wiat: 1 }]\n', '{}'));
    expect(diagnostics.map(({ code, line }: { code: string; line: number }) => `${code} ${line}`)).toEqual([
      'SW1102 1',
      'SW1102 1',
      'SW1104 2',
    ]);
  });

  test('the code is loaded in less than 400 kB', () => {
    expect(size).toBeLessThan(400_000);
  });
});

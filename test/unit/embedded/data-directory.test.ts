import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDataDirectory } from '#embedded/data-directory.ts';
import { ensureToken } from '#embedded/token.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'stepwright-test-'));
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function modeOf(path: string): number {
  return statSync(path).mode & 0o777;
}

test('the directory is made with what is above it, for its owner alone', () => {
  const directory = openDataDirectory(join(root, 'a/b'));
  expect(modeOf(directory.path)).toBe(0o700);
  expect(readFileSync(join(directory.path, 'pid'), 'utf8')).toBe(`${process.pid}\n`);
  directory.release();
});

test('a directory that is in use is refused, and the message names the process', () => {
  const directory = openDataDirectory(root);
  expect(() => openDataDirectory(root)).toThrow(
    expect.objectContaining({ code: 'SW3010', message: expect.stringContaining(`process ${process.pid}`) }),
  );
  directory.release();
});

test('a released directory can be opened again', () => {
  openDataDirectory(root).release();
  expect(existsSync(join(root, 'pid'))).toBe(false);
  openDataDirectory(root).release();
});

test('a process that dies leaves no lock behind', () => {
  const code = `
    const { openDataDirectory } = await import('#embedded/data-directory.ts');
    openDataDirectory(process.argv[1]);
    process.kill(process.pid, 'SIGKILL');
  `;
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', code, root], {
    cwd: join(import.meta.dirname, '../../..'),
  });
  expect(child.signal).toBe('SIGKILL');
  expect(existsSync(join(root, 'pid'))).toBe(true);
  openDataDirectory(root).release();
});

test('a path where no directory can be is refused', () => {
  const file = join(root, 'file');
  writeFileSync(file, '');
  expect(() => openDataDirectory(join(file, 'below'))).toThrow(expect.objectContaining({ code: 'SW3011' }));
});

test('the token is made once and kept, readable by its owner alone', () => {
  const made = ensureToken(root, undefined, () => 'first-token-that-is-long');
  const kept = ensureToken(root, '', () => 'another-token-that-is-long');
  expect([made, kept]).toEqual(['first-token-that-is-long', 'first-token-that-is-long']);
  expect(modeOf(join(root, 'token'))).toBe(0o600);
});

test('a chosen token replaces the kept one', () => {
  ensureToken(root, undefined, () => 'first-token-that-is-long');
  ensureToken(root, 'chosen-token-that-is-long', () => 'unused');
  expect(readFileSync(join(root, 'token'), 'utf8')).toBe('chosen-token-that-is-long\n');
});

test.each(['short', 'has spaces in it but is long', ''.padEnd(20, 'ü')])(
  'the token %j is refused',
  (token) => {
    expect(() => ensureToken(root, token, () => 'unused')).toThrow(
      expect.objectContaining({ code: 'SW3012' }),
    );
  },
);

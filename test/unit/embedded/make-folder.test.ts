import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeFolder } from '#embedded/make-folder.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'stepwright-test-'));
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

test('makes a folder with those above it, each of the same mode, and leaves one that is there', () => {
  const deep = join(root, 'a/b/c');
  makeFolder(deep, 0o700);
  makeFolder(deep, 0o755);
  const modes = ['a', 'a/b', 'a/b/c'].map((path) => statSync(join(root, path)).mode & 0o777);
  expect(modes).toEqual([0o700, 0o700, 0o700]);
});

test.runIf(process.platform === 'linux')('ends where the system takes no folders', () => {
  expect(() => makeFolder('/proc/none/below')).toThrow('ENOENT');
});

test('says what stands in its way', () => {
  writeFileSync(join(root, 'file'), '');
  expect(() => makeFolder(join(root, 'file/below'))).toThrow('ENOTDIR');
});

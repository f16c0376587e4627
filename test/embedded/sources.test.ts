import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

test('Node takes every file of lib as it is, of which a bundled command line says nothing', async () => {
  const files = globSync('lib/**/*.ts', { cwd: ROOT }).map((file) => join(ROOT, file));
  const script = `for (const file of ${JSON.stringify(files)}) await import(file); console.log('all');`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  expect([files.length > 500, stdout]).toEqual([true, 'all\n']);
});

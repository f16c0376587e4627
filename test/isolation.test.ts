import { globSync, readFileSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';
import { expect, test } from 'vitest';
import { ALONE } from './alone.ts';

const ROOT = join(import.meta.dirname, '..');

/** What changes for other files of the same process, too. */
const SHARED = [
  ...[/\bmockClient\(/, /\bvi\.(stubEnv|stubGlobal|useFakeTimers|setSystemTime|mock|doMock)\(/],
  ...[/\bvi\.spyOn\((process|console|globalThis)\b/, /\bprocess\.chdir\(/, /\bconfigureGlobal\(/],
  ...[/\bprocess\.env(\.\w+|\[[^\]]+\])? (\?\?|\|\|)?= /, /\bObject\.(assign|defineProperty)\(process\b/],
  ...[/\buseTestCredentials\(/, /\bprocess\.(cpuUsage|memoryUsage)\b/],
];

/** Files of tests; those of the emulator have processes of their own anyway. */
const FILES = globSync('test/**/*.test.ts', { cwd: ROOT }).filter(
  (file) => !file.startsWith('test/emulator/'),
);

test('files that change what a process has once, or measure a process, have one of their own', () => {
  const found = FILES.filter((file) => {
    const text = readFileSync(join(ROOT, file), 'utf8');
    return file !== 'test/isolation.test.ts' && SHARED.some((pattern) => pattern.test(text));
  });
  expect(found.length).toBeGreaterThan(10);
  expect(found.filter((file) => !ALONE.some((glob) => matchesGlob(file, glob)))).toEqual([]);
});

test.each(ALONE)('%s is there', (glob) => {
  expect(FILES.filter((file) => matchesGlob(file, glob))).not.toEqual([]);
});

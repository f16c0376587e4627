import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import type { TestProject } from 'vitest/node';
import { NODE_BUNDLE } from '#infra/bundle.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The file that is run as `stepwright`. */
    commandLine: string;
  }
}

const ROOT = join(import.meta.dirname, '../..');

/**
 * Bundles the command line once. Tests start it some hundreds of times, and most of the time that a start takes is that
 * for finding its 1,500 modules one by one: a bundle takes half of it. full-disk.test.ts runs the sources themselves.
 */
export default function setup(project: TestProject): () => void {
  // As deep as the files of `lib` that look for others of the package from where they are.
  const outdir = mkdtempSync(join(ROOT, 'node_modules', '.stepwright-'));
  buildSync({
    ...NODE_BUNDLE,
    absWorkingDir: ROOT,
    entryPoints: ['bin/stepwright.ts'],
    outdir,
    splitting: true,
  });
  project.provide('commandLine', join(outdir, 'stepwright.mjs'));
  return () => rmSync(outdir, { recursive: true, force: true });
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { bundleFunctions } from '#infra/bundle.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder with a folder of bundled functions for each transport. */
    bundles: string;
  }
}

const ROOT = join(import.meta.dirname, '../..');

/** Bundles the functions once for all files: nothing else here takes as long. */
export default function setup(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'stepwright-bundled-'));
  for (const transport of ['iot-core', 'broker'] as const)
    bundleFunctions(ROOT, join(folder, transport), transport);
  project.provide('bundles', folder);
  return () => rmSync(folder, { recursive: true, force: true });
}

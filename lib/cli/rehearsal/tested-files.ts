import { existsSync, statSync } from 'node:fs';
import type { Diagnostic } from '#core/diagnostic.ts';
import { loadSource } from '#definition/load.ts';
import type { Source } from '#definition/source.ts';

/** The file at a path, or undefined where there is none. */
export function sourceAt(path: string): Source | undefined {
  return existsSync(path) && statSync(path).isFile() ? loadSource(path) : undefined;
}

/** SW2101: the workflow of a file of tests is not there. */
export function noWorkflowThere(source: Source, named: string): Diagnostic {
  const message = `there is no workflow file "${named}"`;
  const hint = 'name it by its path from this file, such as my-workflow.yaml';
  return source.diagnose(['test'], { code: 'SW2101', message, hint });
}

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { unusable } from './service-failure.ts';

/** Loads a package: one that is installed beside this one, else one of the folder that the process was started in. */
export async function loadInstalled(packageName: string): Promise<unknown> {
  try {
    return await import(packageName);
  } catch (error) {
    if (!isMissing(error)) throw error;
    const path = createRequire(join(process.cwd(), 'package.json')).resolve(packageName);
    return import(pathToFileURL(path).href);
  }
}

/** What to do about a package that could not be loaded. */
export function cannotLoad(service: string, packageName: string, error: unknown): Error {
  const cause = isMissing(error)
    ? `Calls of '${service}' need the package ${packageName}, which is not installed: npm install ${packageName}`
    : `The package ${packageName} cannot be loaded: ${error instanceof Error ? error.message : String(error)}`;
  return unusable(cause, { cause: error });
}

function isMissing(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  return error.code === 'ERR_MODULE_NOT_FOUND' || error.code === 'MODULE_NOT_FOUND';
}

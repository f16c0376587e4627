import semver from 'semver';
import type { Report } from './report.ts';

/** Tells when the `version` of a file is no semantic version. */
export function checkVersion(version: string, report: Report): void {
  if (semver.valid(version) === version) return;
  report.at(['version'], {
    code: 'SW1108',
    message: `"${version}" is no semantic version`,
    hint: 'write three numbers, such as 1.0.0',
  });
}

import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReportFileName, ReportFiles } from '#reports/made/report-files.ts';

const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/** Files of reports in a folder: one folder for each report. Names and ids come from files and clocks of ours, and are checked all the same. */
export class FolderReportFiles implements ReportFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Whole or not at all, also where the process ends meanwhile. */
  async put(name: ReportFileName, text: string): Promise<void> {
    const path = this.#pathOf(name);
    const draft = `${path}.tmp`;
    await mkdir(join(this.#folder, name.report), { recursive: true, mode: FOLDER_MODE });
    await writeFile(draft, text, { mode: FILE_MODE });
    await rename(draft, path);
  }

  async get(name: ReportFileName): Promise<string | undefined> {
    try {
      return await readFile(this.#pathOf(name), 'utf8');
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async dropBefore(time: number): Promise<void> {
    for (const report of await namesIn(this.#folder)) {
      for (const file of await namesIn(join(this.#folder, report))) {
        const path = join(this.#folder, report, file);
        if ((await stat(path)).mtimeMs < time) await rm(path);
      }
    }
  }

  #pathOf({ report, made, format }: ReportFileName): string {
    if (!PLAIN.test(report) || !PLAIN.test(made)) throw new Error(`"${report}/${made}" is no name of a file`);
    return join(this.#folder, report, `${made}.${format}`);
  }
}

const PLAIN = /^[A-Za-z0-9-]+$/;

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

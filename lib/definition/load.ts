import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StepwrightError } from '#core/error.ts';
import { MAX_SOURCE_LENGTH } from './parse-text.ts';
import { Source } from './source.ts';

const PROJECT_FILE = 'stepwright.yaml';
const DEFINITION = /\.(?:ya?ml|json)$/;

/** The files of a project. */
export interface ProjectFiles {
  readonly folder: string;
  readonly workflows: readonly Source[];
  /** The files of `commands/`; undefined where there is no such folder. */
  readonly commands: readonly Source[] | undefined;
}

/** Reads and parses one file. Throws SW1000 when it cannot be read. */
export function loadSource(file: string): Source {
  try {
    if (statSync(file).size > MAX_SOURCE_LENGTH * 4)
      return Source.parse(file, ' '.repeat(MAX_SOURCE_LENGTH + 1));
    return Source.parse(file, readFileSync(file, 'utf8'));
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

/**
 * Loads the project of a path: of a folder all its workflows, of a file that file alone; with it the catalogue beside
 * it. Throws SW1000 when there is nothing to read.
 */
export function loadProject(path: string): ProjectFiles {
  if (!existsSync(path)) throw unreadable(path);
  const isFolder = statSync(path).isDirectory();
  const folder = isFolder ? path : projectFolder(dirname(path));
  const workflows = isFolder ? definitionsIn(folder) : [path];
  const catalogue = join(folder, 'commands');
  return {
    folder,
    workflows: workflows.map(loadSource),
    commands: existsSync(catalogue) ? definitionsIn(catalogue).map(loadSource) : undefined,
  };
}

/** The nearest folder upwards that is marked as a project, or the folder itself. */
function projectFolder(folder: string): string {
  for (let candidate = folder; ; candidate = dirname(candidate)) {
    if (existsSync(join(candidate, PROJECT_FILE))) return candidate;
    if (dirname(candidate) === candidate) return folder;
  }
}

function definitionsIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && DEFINITION.test(entry.name) && entry.name !== PROJECT_FILE)
    .map((entry) => join(folder, entry.name))
    .sort();
}

function unreadable(path: string, cause?: unknown): StepwrightError {
  const fault = {
    code: 'SW1000',
    kind: 'invalid',
    message: `${path} cannot be read`,
    hint: 'give the path of a workflow file, or of the folder of a project',
  } as const;
  return new StepwrightError(fault, { cause });
}

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { StepwrightError } from '#core/error.ts';
import { MAX_SOURCE_LENGTH } from './parse-text.ts';
import { Source } from './source.ts';

const PROJECT_FILE = 'stepwright.yaml';
const DEFINITION = /\.(?:ya?ml|json)$/;

/** The files of a project. */
export interface ProjectFiles {
  readonly folder: string;
  /** `stepwright.yaml`; undefined where there is none. */
  readonly file: Source | undefined;
  /** Those that were asked for. */
  readonly workflows: readonly Source[];
  /** The other workflows of the folder, where one that was asked for calls others. */
  readonly neighbours: readonly Source[];
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
 * Loads the project of a path: of a folder all its workflows, of a file that file, with the others that it may call; with
 * it the catalogue beside it. Throws SW1000 when there is nothing to read.
 */
export function loadProject(path: string): ProjectFiles {
  if (!existsSync(path)) throw unreadable(path);
  const isFolder = statSync(path).isDirectory();
  const folder = isFolder ? path : projectFolder(dirname(path));
  const workflows = (isFolder ? definitionsIn(folder) : [path]).map(loadSource);
  const catalogue = join(folder, 'commands');
  const file = join(folder, PROJECT_FILE);
  return {
    folder,
    file: existsSync(file) ? loadSource(file) : undefined,
    workflows,
    neighbours: isFolder || !workflows.some(callsOthers) ? [] : neighboursOf(path, folder),
    commands: existsSync(catalogue) ? definitionsIn(catalogue).map(loadSource) : undefined,
  };
}

function neighboursOf(path: string, folder: string): Source[] {
  const own = resolve(path);
  return definitionsIn(folder)
    .filter((file) => resolve(file) !== own)
    .map(loadSource);
}

/** A file without this word needs no others to be read. */
function callsOthers({ text }: Source): boolean {
  return /\bworkflow\b/.test(text);
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

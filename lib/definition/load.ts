import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { StepwrightError } from '#core/error.ts';
import {
  folderOfKind,
  kindOf,
  LISTED_KINDS,
  type ListedDocument,
  type ListedKind,
  TEST_FILE,
} from './document-kind.ts';
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
  /** The other workflows of the folder, where what was asked for may call others. */
  readonly neighbours: readonly Source[];
  /** The files of `commands/`; undefined where there is no such folder. */
  readonly commands: readonly Source[] | undefined;
  /** Tests, faults, decisions, templates, alerts, reports and fleets: of a folder all, of a file only itself. */
  readonly documents: readonly ListedDocument[];
  /** The decisions that what was asked for may go by, itself included. Default: none. */
  readonly decisions?: readonly Source[];
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

/** Reads a text file of a project that is no definition. Throws an error of the system when it cannot be read. */
export function loadText(file: string): string {
  return readFileSync(file, 'utf8');
}

/**
 * Loads the project of a path: of a folder all its files, of a file that file, with the workflows that it may call; with it
 * the catalogue beside it. Throws SW1000 when there is nothing to read.
 */
export function loadProject(path: string): ProjectFiles {
  if (!existsSync(path)) throw unreadable(path);
  const isFolder = statSync(path).isDirectory();
  const folder = isFolder ? path : projectFolder(dirname(path));
  const file = join(folder, PROJECT_FILE);
  const catalogue = join(folder, folderOfKind('command'));
  const asked = isFolder ? filesOfFolder(folder) : filesOfFile(path, folder);
  return {
    folder,
    file: existsSync(file) ? loadSource(file) : undefined,
    ...asked,
    commands: existsSync(catalogue) ? sourcesIn(catalogue) : undefined,
  };
}

type AskedFiles = Pick<ProjectFiles, 'workflows' | 'neighbours' | 'documents' | 'decisions'>;

function filesOfFolder(folder: string): AskedFiles {
  const documents = LISTED_KINDS.flatMap((kind) =>
    documentsOf(kind, folder).map((source) => ({ kind, source })),
  );
  const decisions = documents.filter(({ kind }) => kind === 'decision').map(({ source }) => source);
  return { workflows: sourcesIn(folder), neighbours: [], documents, decisions };
}

function documentsOf(kind: ListedKind, folder: string): readonly Source[] {
  const own = join(folder, folderOfKind(kind));
  const beside = kind === 'test' ? filesIn(folder, (name) => TEST_FILE.test(name)) : [];
  return [...beside.map(loadSource), ...(existsSync(own) ? filesIn(own).map(loadSource) : [])];
}

function filesOfFile(path: string, folder: string): AskedFiles {
  const nothing: AskedFiles = { workflows: [], neighbours: [], documents: [], decisions: [] };
  if (resolve(path) === resolve(folder, PROJECT_FILE)) return nothing;
  const source = loadSource(path);
  const kind = kindOf(source, basename(dirname(resolve(path))));
  if (kind === 'command') return nothing;
  if (kind !== undefined) {
    const neighbours = kind === 'template' ? neighboursOf(path, folder) : [];
    const decisions =
      kind === 'decision' ? decisionsBeside(source) : kind === 'template' ? decisionsOf(folder) : [];
    return { ...nothing, neighbours, documents: [{ kind, source }], decisions };
  }
  return {
    ...nothing,
    workflows: [source],
    neighbours: callsOthers(source) ? neighboursOf(path, folder) : [],
    decisions: callsOthers(source) || /\bdecide\b/.test(source.text) ? decisionsOf(folder) : [],
  };
}

function decisionsOf(folder: string): Source[] {
  const own = join(folder, folderOfKind('decision'));
  return existsSync(own) ? sourcesIn(own) : [];
}

/** A decision may go by those of its folder. */
function decisionsBeside(source: Source): Source[] {
  const folder = dirname(source.file);
  const others = definitionsIn(folder).filter((file) => resolve(file) !== resolve(source.file));
  return [
    source,
    ...others.map(loadSource).filter((other) => kindOf(other, basename(resolve(folder))) === 'decision'),
  ];
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

function sourcesIn(folder: string): Source[] {
  return definitionsIn(folder).map(loadSource);
}

/** Files of tests are none of what they test. */
function definitionsIn(folder: string): string[] {
  return filesIn(folder, (name) => !TEST_FILE.test(name));
}

function filesIn(folder: string, isMeant: (name: string) => boolean = () => true): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && DEFINITION.test(entry.name) && entry.name !== PROJECT_FILE)
    .filter((entry) => isMeant(entry.name))
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

import { isJsonObject } from '#core/json.ts';
import type { Source } from './source.ts';

/** Each kind of file that a project has in a folder of its own, with the key that only this kind of file begins with. */
const KINDS = {
  test: { folder: 'tests', key: 'test' },
  faults: { folder: 'faults', key: 'faults' },
  command: { folder: 'commands', key: 'command' },
  decision: { folder: 'decisions', key: 'decision' },
  template: { folder: 'templates', key: 'template' },
  alert: { folder: 'alerts', key: 'alerts' },
  report: { folder: 'reports', key: 'report' },
  fleet: { folder: 'fleets', key: 'fleet' },
} as const;

/** A kind of file that a project has in a folder of its own; workflows stand beside the project file. */
export type DocumentKind = keyof typeof KINDS;

/** The kinds that a project lists one by one; commands are its catalogue. */
export const LISTED_KINDS = ['test', 'faults', 'decision', 'template', 'alert', 'report', 'fleet'] as const;

/** A kind of {@link LISTED_KINDS}. */
export type ListedKind = (typeof LISTED_KINDS)[number];

/** A file of tests stands beside the workflow that it tests. */
export const TEST_FILE = /\.test\.(?:ya?ml|json)$/;

/** A file of a project that is no workflow and no command. */
export interface ListedDocument {
  readonly kind: ListedKind;
  readonly source: Source;
}

/** The folder of a kind of file. */
export function folderOfKind(kind: DocumentKind): string {
  return KINDS[kind].folder;
}

/** What a file is: by its key, else by the folder that it is in. Undefined for workflows. */
export function kindOf({ value }: Source, folder: string): DocumentKind | undefined {
  return (
    findKind(({ key }) => isJsonObject(value) && Object.hasOwn(value, key)) ?? kindOfFolder(folder, value)
  );
}

/** A file of such a folder that has steps is a workflow all the same. */
function kindOfFolder(name: string, value: Source['value']): DocumentKind | undefined {
  if (isJsonObject(value) && Object.hasOwn(value, 'steps')) return undefined;
  return findKind(({ folder }) => folder === name);
}

function findKind(
  test: (kind: { readonly folder: string; readonly key: string }) => boolean,
): DocumentKind | undefined {
  return ALL.find((kind) => test(KINDS[kind]));
}

/** Files of tests name a fleet, too: their own key goes first. */
const ALL = [...LISTED_KINDS, 'command'] as const;

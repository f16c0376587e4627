import { createReadStream, existsSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { damagedPart, unusableArchive } from './archive-faults.ts';
import type { ArchiveStore } from './archive-store.ts';

/** Records may hold what is not for everybody. */
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
const DRAFT = '.tmp';

/** An archive in a folder. Files are there whole, with their names on disk, or not at all. */
export class FolderStore implements ArchiveStore {
  readonly place: string;

  /** @param folder is made with the first file. */
  constructor(folder: string) {
    this.place = folder;
  }

  async put(path: string, bytes: Uint8Array): Promise<void> {
    const file = join(this.place, path);
    const draft = `${file}.${process.pid}${DRAFT}`;
    try {
      await makeFolder(dirname(file));
      await written(draft, bytes);
      await rename(draft, file);
      await synced(dirname(file));
    } catch (cause) {
      await rm(draft, { force: true }).catch(() => undefined);
      throw unusableArchive(this.place, cause);
    }
  }

  async *list(prefix: string, after = ''): AsyncGenerator<string> {
    yield* this.#below(prefix.slice(0, prefix.lastIndexOf('/') + 1), prefix, after);
  }

  async *read(path: string): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of createReadStream(join(this.place, path))) yield chunk;
    } catch (cause) {
      throw damagedPart(path, 'cannot be read', cause);
    }
  }

  async *#below(folder: string, prefix: string, after: string): AsyncGenerator<string> {
    for (const entry of await this.#entries(folder)) {
      const path = `${folder}${entry.name}`;
      if (entry.isDirectory()) {
        const inside = `${path}/`;
        if (inside.startsWith(prefix) && (inside > after || after.startsWith(inside)))
          yield* this.#below(inside, prefix, after);
      } else if (path.startsWith(prefix) && path > after && !path.endsWith(DRAFT)) yield path;
    }
  }

  /** In the order of whole paths, in which a folder has a slash behind its name. */
  async #entries(folder: string) {
    try {
      const entries = await readdir(join(this.place, folder), { withFileTypes: true });
      const nameOf = (entry: (typeof entries)[number]): string =>
        `${entry.name}${entry.isDirectory() ? '/' : ''}`;
      return entries.sort((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1));
    } catch (cause) {
      if (isMissing(cause) && existsSync(this.place)) return [];
      throw unusableArchive(this.place, cause);
    }
  }
}

/**
 * Makes a folder with those above it, each with its name on disk. One by one: where the system takes none, such as below /proc, a recursive
 * call never ends.
 */
async function makeFolder(folder: string): Promise<void> {
  if (existsSync(folder)) return;
  await makeFolder(dirname(folder));
  try {
    await mkdir(folder, FOLDER_MODE);
  } catch (cause) {
    if (!existsSync(folder)) throw cause;
  }
  await synced(dirname(folder));
}

async function written(file: string, bytes: Uint8Array): Promise<void> {
  await using handle = await open(file, 'w', FILE_MODE);
  await handle.writeFile(bytes);
  await handle.sync();
}

async function synced(folder: string): Promise<void> {
  await using handle = await open(folder, 'r');
  await handle.sync();
}

function isMissing(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
}

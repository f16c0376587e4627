import type { Clock } from '#core/clock.ts';
import { newId } from '#core/id.ts';
import type { JsonObject } from '#core/json.ts';
import type { Random } from '#core/random.ts';
import { type ArchiveKind, lineTime } from '../archive-kinds.ts';
import { type Manifest, manifestPath } from '../manifest.ts';
import type { ArchiveStore } from '../stores/archive-store.ts';
import { PartBuffer } from './part-buffer.ts';

/** What writing to an archive takes. */
export interface ArchivePorts {
  readonly archive: ArchiveStore;
  readonly clock: Clock;
  readonly random: Random;
}

/** So much text is held in memory; of what is more, the longest part is written. In characters. */
const MOST_HELD = 16_000_000;

/**
 * Lines that go into an archive together. Executions come last, so that a part of them tells where all is that belongs to them; a crash
 * before that leaves parts behind that nothing leads to, and what was to be archived is archived again, under the same ids.
 */
export class ArchiveBatch {
  readonly #ports: ArchivePorts;
  readonly #mostHeld: number;
  readonly #name: string;
  readonly #buffers = new Map<string, PartBuffer>();
  readonly #written: Manifest[] = [];
  #held = 0;
  #parts = 0;

  constructor(ports: ArchivePorts, mostHeld = MOST_HELD) {
    this.#ports = ports;
    this.#mostHeld = mostHeld;
    this.#name = newId(ports.clock, ports.random);
  }

  /** Takes a line. It is in the archive when {@link commit} has resolved. */
  async add(kind: ArchiveKind, line: JsonObject): Promise<void> {
    const day = lineTime(kind, line).slice(0, 10);
    const key = `${kind} ${day}`;
    const buffer = this.#buffers.get(key) ?? new PartBuffer(kind, day);
    this.#buffers.set(key, buffer);
    this.#held += buffer.add(line);
    while (this.#held > this.#mostHeld && (await this.#writeLongest()));
  }

  /** Writes all that is left. When that has resolved, every line that was added is durable. */
  async commit(): Promise<readonly Manifest[]> {
    const isLast = ({ kind }: PartBuffer): number => (kind === 'executions' ? 1 : 0);
    for (const buffer of [...this.#buffers.values()].sort((one, other) => isLast(one) - isLast(other)))
      await this.#write(buffer);
    return this.#written;
  }

  /** Executions wait: until all that belongs to them is written, nothing may lead to it. */
  async #writeLongest(): Promise<boolean> {
    const others = [...this.#buffers.values()].filter(({ kind }) => kind !== 'executions');
    const [longest] = others.sort((one, other) => other.length - one.length);
    if (longest === undefined) return false;
    await this.#write(longest);
    return true;
  }

  async #write(buffer: PartBuffer): Promise<void> {
    const { archive, clock } = this.#ports;
    this.#buffers.delete(`${buffer.kind} ${buffer.day}`);
    this.#held -= buffer.length;
    const isLast = buffer.kind === 'executions';
    const related = isLast
      ? this.#written.filter(({ kind }) => kind !== 'executions').map(({ path }) => path)
      : [];
    const writtenAt = new Date(clock.now()).toISOString();
    const number = this.#parts++;
    const { bytes, manifest } = await buffer.toPart(`${this.#name}-${number}`, { related, writtenAt });
    await archive.put(manifest.path, bytes);
    await archive.put(manifestPath(manifest.path), Buffer.from(`${JSON.stringify(manifest)}\n`));
    // Several are written at once; of one execution, the lines of an earlier part come first.
    this.#written[number] = manifest;
  }
}

import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { JsonObject } from '#core/json.ts';
import { type ArchiveKind, lineId, lineTime } from '../archive-kinds.ts';
import { type Manifest, partPath } from '../manifest.ts';

const compressed = promisify(gzip);

/** So many workflows are named in a manifest. */
const MOST_WORKFLOWS = 50;

interface Bounds {
  readonly least: string;
  readonly greatest: string;
}

/** Bounds that the first value widens: no text of ours begins with the last code point that there is. */
const NOTHING: Bounds = { least: '\u{10ffff}', greatest: '' };

/** Lines that are to become one part: of one kind, and of one day. */
export class PartBuffer {
  readonly kind: ArchiveKind;
  readonly day: string;
  readonly #texts: string[] = [];
  readonly #workflows = new Set<string>();
  #length = 0;
  #ids = NOTHING;
  #times = NOTHING;

  constructor(kind: ArchiveKind, day: string) {
    this.kind = kind;
    this.day = day;
  }

  /** Characters of the lines: about as many bytes. */
  get length(): number {
    return this.#length;
  }

  /** Takes a line; gives by how many characters that has made it longer. */
  add(line: JsonObject): number {
    const text = `${JSON.stringify(line)}\n`;
    this.#texts.push(text);
    this.#length += text.length;
    this.#ids = widened(this.#ids, lineId(this.kind, line));
    this.#times = widened(this.#times, lineTime(this.kind, line));
    const { workflow } = line;
    if (typeof workflow === 'string' && this.#workflows.size <= MOST_WORKFLOWS) this.#workflows.add(workflow);
    return text.length;
  }

  /** The file, and what is known of it. */
  async toPart(
    name: string,
    { related, writtenAt }: { readonly related: readonly string[]; readonly writtenAt: string },
  ): Promise<{ readonly bytes: Uint8Array; readonly manifest: Manifest }> {
    const text = Buffer.from(this.#texts.join(''));
    const bytes = await compressed(text);
    const { kind, day } = this;
    const manifest: Manifest = {
      ...{ format: 1, kind, day, path: partPath(kind, day, name), lines: this.#texts.length },
      ...{ bytes: bytes.length, textBytes: text.length },
      sha256: createHash('sha256').update(bytes).digest('hex'),
      ...{ from: this.#times.least, to: this.#times.greatest },
      ...{ firstId: this.#ids.least, lastId: this.#ids.greatest },
      ...(this.#workflows.size > MOST_WORKFLOWS ? {} : { workflows: [...this.#workflows].sort() }),
      ...(related.length === 0 ? {} : { related: [...related] }),
      writtenAt,
    };
    return { bytes, manifest };
  }
}

function widened({ least, greatest }: Bounds, value: string): Bounds {
  return { least: value < least ? value : least, greatest: value > greatest ? value : greatest };
}

import semver from 'semver';
import * as z from 'zod';
import type { Clock } from '#core/clock.ts';
import { StepwrightError } from '#core/error.ts';
import { highestInRange } from '#definition/pin-versions.ts';
import { Source } from '#definition/source.ts';
import type { VersionedKeys } from '#table/keys.ts';
import { ConditionFailed, type Key, type Table } from '#table/table.ts';
import { noteLatest, publishedVersions, type VersionSummary } from './workflow-latest.ts';
import { type WorkflowSummary, WorkflowSummarySchema } from './workflow-store.ts';

/** The store and the time. */
export interface VersionStorePorts {
  readonly table: Table;
  readonly clock: Clock;
}

/** What is published by name in versions, each one text of an author: templates, decisions. */
export interface VersionedKind {
  /** What it is called in messages. */
  readonly noun: string;
  readonly keys: VersionedKeys & { version(name: string, version: string): Key };
  /** The error of one that is not published. */
  readonly unknown: { readonly code: string; readonly hint: string };
  /** What to do about a text that is too long to be stored. */
  readonly whenTooLarge: string;
}

/** What is to be published. `uses` are the versions of what it goes by, by the name they have in it. */
export interface NewVersion {
  readonly name: string;
  readonly version: string;
  readonly description?: string | undefined;
  readonly source: Source;
  readonly uses?: Readonly<Record<string, string>>;
}

/** A published version as it is kept. */
export interface StoredVersion {
  readonly source: Source;
  readonly uses: Readonly<Record<string, string>>;
  /** Milliseconds since the Unix epoch. */
  readonly publishedAt: number;
}

/** Items of DynamoDB have 400 KB; ours leave some for the rest. */
const MAX_SOURCE_BYTES = 380_000;

const VersionItemSchema = z.object({
  source: z.string(),
  uses: z.record(z.string(), z.string()).default({}),
  publishedAt: z.number(),
});

/** Keeps the versions of one kind of thing. A version never changes. */
export class VersionStore {
  readonly #kind: VersionedKind;

  constructor(kind: VersionedKind) {
    this.#kind = kind;
  }

  /**
   * Publishes a version. Publishing equal content again changes nothing; other content under a used version is refused with
   * SW4021, a text that is too long with SW4022. Says whether it is new.
   */
  async publish(
    { table, clock }: VersionStorePorts,
    { name, version, description, source, uses }: NewVersion,
  ): Promise<{ readonly stored: StoredVersion; readonly isNew: boolean }> {
    const { keys } = this.#kind;
    this.#refuseTooLarge(source);
    const publishedAt = clock.now();
    const item = {
      ...keys.version(name, version),
      ...{ name, version, source: source.text, publishedAt },
      ...(uses === undefined ? {} : { uses }),
      ...(description === undefined ? {} : { description }),
    };
    try {
      await table.put(item, { exists: false });
    } catch (error) {
      if (!(error instanceof ConditionFailed)) throw error;
      const stored = await this.get(table, name, version);
      this.#refuseOther(`${name} ${version}`, stored.source, source);
      return { stored, isNew: false };
    }
    await noteLatest(table, name, keys);
    return { stored: { source, uses: uses ?? {}, publishedAt }, isNew: true };
  }

  /**
   * The version that is named, the highest of a range such as `^1.2`, or the latest where none, or `latest`, is asked for.
   * Throws the kind's error of what is unknown.
   */
  async get(table: Table, name: string, version = 'latest'): Promise<StoredVersion> {
    const exact = await this.#exact(table, name, version);
    const item = exact === undefined ? undefined : await table.get(this.#kind.keys.version(name, exact));
    if (item === undefined) throw this.#unknown(version === 'latest' ? name : `${name} ${version}`);
    const { source, uses, publishedAt } = VersionItemSchema.parse(item);
    return { source: Source.parse(`${name}@${exact}`, source), uses, publishedAt };
  }

  /** What is told of one of them. Throws the kind's error of what is unknown. */
  async summary(table: Table, name: string): Promise<WorkflowSummary> {
    const item = await table.get(this.#kind.keys.meta(name));
    if (item === undefined) throw this.#unknown(name);
    return WorkflowSummarySchema.parse(item);
  }

  /** One page of all of them, by name. */
  async list(
    table: Table,
    page: { readonly limit?: number; readonly cursor?: string } = {},
  ): Promise<{ readonly summaries: readonly WorkflowSummary[]; readonly cursor?: string }> {
    const { items, cursor } = await table.query({ index: 'gsi1', partition: this.#kind.keys.all, ...page });
    const summaries = items.map((item) => WorkflowSummarySchema.parse(item));
    return { summaries, ...(cursor === undefined ? {} : { cursor }) };
  }

  /** Every published version, the highest first. Throws the kind's error of what is unknown. */
  async versions(table: Table, name: string): Promise<readonly VersionSummary[]> {
    const versions = await publishedVersions(table, name, this.#kind.keys);
    if (versions.length === 0) throw this.#unknown(name);
    return versions;
  }

  async #exact(table: Table, name: string, version: string): Promise<string | undefined> {
    if (version === 'latest') return (await this.summary(table, name)).latest;
    if (semver.valid(version) !== null) return version;
    if (semver.validRange(version) === null) return undefined;
    const versions = await publishedVersions(table, name, this.#kind.keys);
    return highestInRange(
      versions.map((one) => one.version),
      version,
    );
  }

  #refuseOther(label: string, known: Source, source: Source): void {
    if (JSON.stringify(known.value) === JSON.stringify(source.value)) return;
    throw new StepwrightError({
      code: 'SW4021',
      kind: 'conflict',
      message: `the ${this.#kind.noun} ${label} is published with other content`,
      hint: 'a published version never changes: raise "version" and publish again',
    });
  }

  #refuseTooLarge({ text }: Source): void {
    const bytes = Buffer.byteLength(text);
    if (bytes <= MAX_SOURCE_BYTES) return;
    throw new StepwrightError({
      code: 'SW4022',
      kind: 'invalid',
      message: `the ${this.#kind.noun} has ${bytes} bytes, more than the ${MAX_SOURCE_BYTES} that are stored`,
      hint: this.#kind.whenTooLarge,
    });
  }

  #unknown(label: string): StepwrightError {
    const { noun, unknown } = this.#kind;
    return new StepwrightError({
      code: unknown.code,
      kind: 'not-found',
      message: `no ${noun} "${label}" is published`,
      hint: unknown.hint,
    });
  }
}

import type { JsonObject } from '#core/json.ts';
import type { ExecutionRef, Machine } from '../engine.ts';
import { noMachine, otherDefinition } from '../faults.ts';
import { parseDefinition } from './check-definition.ts';
import type { MachineDefinition } from './definition.ts';
import type { JournalStore } from './journal-store.ts';
import type { MapRuns } from './map-runs.ts';
import { Processors } from './processors.ts';
import type { ChosenRevision, Revisions } from './revisions.ts';
import { substituteTokens } from './tokens.ts';

/** Where {@link Machines} finds what there is. */
export interface MachineSources {
  readonly store: JournalStore;
  /** Machines that change. */
  readonly revisions: Revisions | undefined;
  /** What tokens in definitions stand for. */
  readonly tokens: Readonly<Record<string, string>>;
  /** Whose child an execution is. */
  readonly mapRuns: MapRuns;
}

/** What executions run: machines that were deployed and never change, revisions of those that do, and processors of distributed Maps. */
export class Machines {
  readonly #sources: MachineSources;
  readonly #known = new Map<string, MachineDefinition>();
  readonly #processors = new Processors();

  constructor(sources: MachineSources) {
    this.#sources = sources;
  }

  /** Adds a machine, at a time in ms since the epoch. Throws when it is not valid, and SW4012 when it is there with another definition. */
  async deploy({ name, definition }: Machine, at: number): Promise<void> {
    const { store, revisions } = this.#sources;
    const known = store.machine(name);
    if (known === undefined) {
      parseDefinition(name, definition);
      await store.commit(() => {
        revisions?.deployed(name, at);
        // In the same group, so that it fails with it.
        store.addMachine(name, definition).catch(() => undefined);
      });
    } else if (JSON.stringify(known) !== JSON.stringify(definition)) {
      throw otherDefinition(name);
    }
  }

  /** The definition of a machine that never changes, its tokens filled in; undefined when there is none. */
  definition(name: string): JsonObject | undefined {
    const found = this.#sources.store.machine(name);
    return found === undefined ? undefined : substituteTokens(found, this.#sources.tokens);
  }

  /** Whether an execution of this could be started. */
  has(name: string, qualifier: string | undefined): boolean {
    return this.#sources.store.machine(name) !== undefined || this.choose(name, qualifier) !== undefined;
  }

  /** The revision that a new execution takes; undefined where the machine is none that changes. */
  choose(name: string, qualifier: string | undefined): ChosenRevision | undefined {
    return this.#sources.revisions?.choose(name, qualifier);
  }

  /** The machine or revision of this name, ready to run. Throws SW4013 when there is none. */
  named(name: string): MachineDefinition {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const { store, revisions, tokens } = this.#sources;
    const definition = store.machine(name) ?? revisions?.definition(name);
    if (definition === undefined) throw noMachine(name);
    const machine = parseDefinition(name, substituteTokens(definition, tokens));
    this.#known.set(name, machine);
    return machine;
  }

  /**
   * What an execution runs: the revision that it began with, where its machine is one that changes; of a child of a
   * distributed Map, the processor in what its parent runs.
   */
  of(ref: ExecutionRef): MachineDefinition {
    const slash = ref.machine.lastIndexOf('/');
    const { revisions, mapRuns } = this.#sources;
    if (slash < 0) return this.named(revisions?.pinned(ref) ?? ref.machine);
    const parent = mapRuns.ofChild(ref)?.run.parent ?? { ...ref, machine: ref.machine.slice(0, slash) };
    return this.processor(this.of(parent), ref);
  }

  /** What a child of a distributed Map runs, in what its parent runs. */
  processor(parent: MachineDefinition, child: ExecutionRef): MachineDefinition {
    return this.#processors.of(parent, child.machine.slice(child.machine.lastIndexOf('/') + 1));
  }

  /** Lets go of what is kept in memory of a revision that is no more. */
  forget(revision: string): void {
    this.#known.delete(revision);
  }
}

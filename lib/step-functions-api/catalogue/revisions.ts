import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import type { Random } from '#core/random.ts';
import type { ChosenRevision, Revisions } from '#engine/embedded/revisions.ts';
import { noMachine, otherDefinition } from '#engine/faults.ts';
import type { Route } from './alias-store.ts';
import type { Catalogue } from './catalogue.ts';
import type { StoredMachine } from './machine-store.ts';

/** An express execution ends after five minutes (Step Functions, "Quotas"). */
const EXPRESS_SECONDS = 300;

/** Machines do not have this in their names, so that a revision is never taken for a machine. */
const SEPARATOR = '~';

/** The machine of tests of single states: each test is a revision of it, and its qualifier. */
export const TEST_MACHINE = `TestState${SEPARATOR}`;

/** Beside the fields of the machine of a test: the context object that it is to tell of. No machine has such a field. */
export const TOLD_CONTEXT = 'stepwright: context';

/** What the engine asks the catalogue: which revision executions run. */
export function catalogueRevisions(catalogue: Catalogue, random: Random): Revisions {
  const { machines, pins } = catalogue;
  return {
    choose: (machine, qualifier) => {
      if (machine === TEST_MACHINE) return ofTest(catalogue, Number(qualifier));
      const found = machines.find(machine);
      if (found === undefined || found.current === undefined) return undefined;
      if (found.deleting) throw noMachine(machine);
      return choose({ catalogue, random }, found, qualifier);
    },
    pinned: (ref) => {
      const pin = pins.find(ref);
      return pin === undefined ? undefined : revisionName(ref.machine, pin.revision);
    },
    context: (ref) => {
      const pin = ref.machine === TEST_MACHINE ? pins.find(ref) : undefined;
      const revision = pin === undefined ? undefined : machines.revision(pin.revision);
      const told = revision === undefined ? undefined : parseObject(revision.definition)[TOLD_CONTEXT];
      return told !== undefined && isJsonObject(told) ? told : undefined;
    },
    definition: (name) => {
      const id = Number(name.slice(name.lastIndexOf(SEPARATOR) + 1));
      const revision = name.includes(SEPARATOR) ? machines.revision(id) : undefined;
      if (revision === undefined) return undefined;
      const { [TOLD_CONTEXT]: _told, ...definition } = parseObject(revision.definition);
      return revision.type === 'EXPRESS' ? limited(definition) : definition;
    },
    deployed: (machine, at) => {
      if (machines.find(machine)?.owner === 'api') throw otherDefinition(machine);
      machines.adopt(machine, at);
    },
  };
}

/** How the engine knows a revision. */
export function revisionName(machine: string, revision: number): string {
  return `${machine}${SEPARATOR}${revision}`;
}

interface Choosing {
  readonly catalogue: Catalogue;
  readonly random: Random;
}

function choose(
  { catalogue, random }: Choosing,
  { name: machine, current }: StoredMachine,
  qualifier: string | undefined,
): ChosenRevision {
  const alias = qualifier === undefined || isVersion(qualifier) ? undefined : qualifier;
  const routing = alias === undefined ? undefined : catalogue.aliases.find(machine, alias)?.routing;
  const version = routing === undefined ? toVersion(qualifier) : draw(routing, random);
  const revision =
    qualifier === undefined ? current : catalogue.versions.find(machine, version ?? 0)?.revision;
  if (revision === undefined) throw noMachine(`${machine}:${qualifier ?? ''}`);
  return {
    revision: revisionName(machine, revision),
    pin: (ref) => catalogue.pins.add({ ref, revision, version, alias }),
  };
}

function ofTest({ pins }: Catalogue, revision: number): ChosenRevision {
  return {
    revision: revisionName(TEST_MACHINE, revision),
    pin: (ref) => pins.add({ ref, revision, version: undefined, alias: undefined }),
  };
}

/** Whether a qualifier names a version; else it names an alias, which is never all digits. */
export function isVersion(qualifier: string): boolean {
  return /^\d{1,9}$/.test(qualifier);
}

function toVersion(qualifier: string | undefined): number | undefined {
  return qualifier !== undefined && isVersion(qualifier) ? Number(qualifier) : undefined;
}

/** A version of an alias, each as often as its weight says. */
function draw(routing: readonly Route[], random: Random): number | undefined {
  let left = random() * 100;
  return routing.find(({ weight }) => {
    left -= weight;
    return left < 0;
  })?.version;
}

function parseObject(text: string): JsonObject {
  const parsed: Json = JSON.parse(text);
  return isJsonObject(parsed) ? parsed : {};
}

function limited(definition: JsonObject): JsonObject {
  const { TimeoutSeconds: own } = definition;
  return {
    ...definition,
    TimeoutSeconds: typeof own === 'number' ? Math.min(own, EXPRESS_SECONDS) : EXPRESS_SECONDS,
  };
}

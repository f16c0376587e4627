import type { Database } from '#storage/database.ts';
import { migrate } from '#storage/schema.ts';
import { ActivityStore } from './activity-store.ts';
import { AliasStore } from './alias-store.ts';
import { MachineStore } from './machine-store.ts';
import { PinStore } from './pin-store.ts';
import { CATALOGUE_SCHEMA } from './schema.ts';
import { TagStore } from './tag-store.ts';
import { VersionStore } from './version-store.ts';

/** All that changes by the API, and is kept: machines with revisions, versions and aliases; activities; tags. */
export interface Catalogue {
  readonly database: Database;
  readonly machines: MachineStore;
  readonly versions: VersionStore;
  readonly aliases: AliasStore;
  readonly pins: PinStore;
  readonly activities: ActivityStore;
  readonly tags: TagStore;
}

/** Opens the catalogue in the engine's database, making its tables when they are not there. */
export function openCatalogue(database: Database): Catalogue {
  migrate(database.sqlite, CATALOGUE_SCHEMA);
  return {
    database,
    machines: new MachineStore(database),
    versions: new VersionStore(database),
    aliases: new AliasStore(database),
    pins: new PinStore(database),
    activities: new ActivityStore(database),
    tags: new TagStore(database),
  };
}

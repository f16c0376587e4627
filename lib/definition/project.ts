import * as z from 'zod';
import type { Diagnostic } from '#core/diagnostic.ts';
import type { Catalogue } from './command.ts';
import type { KnownDecisions } from './decision/read-decision.ts';
import { type EventSource, EventSourcesSchema, readEventSources } from './event-sources.ts';
import { NameSchema } from './fields.ts';
import { GroupsSchema } from './groups.ts';
import { NotificationRoutesSchema, type NotificationSettings, ReceiversSchema } from './notifications.ts';
import { checkShape } from './shape.ts';
import type { Source } from './source.ts';

/** The file that marks a folder as a project, `stepwright.yaml`. */
export const ProjectFileSchema = z
  .strictObject({
    stepwright: z.literal(1).describe('Version of the definition language.'),
    project: NameSchema.optional().describe('Name of the project.'),
    description: z
      .string()
      .optional()
      .describe('What it is for, for people.')
      .meta({ examples: ['The devices of the plant in Berlin.'] }),
    pools: z
      .record(NameSchema, z.int().min(1).max(1_000_000).describe('How many units there are.'))
      .optional()
      .describe('Named pools of units, which steps hold by `uses` and `lock`.')
      .meta({ examples: [{ uplink: 4 }] }),
    groups: GroupsSchema.optional(),
    receivers: ReceiversSchema.optional(),
    notifications: NotificationRoutesSchema.optional(),
    events: EventSourcesSchema.optional(),
  })
  .describe('A Stepwright project.');

/** What the workflows of a project have in common. What is undefined is not known, and nothing is said against it. */
export interface Project {
  readonly catalogue: Catalogue;
  /** Units by pool. */
  readonly pools: ReadonlyMap<string, number> | undefined;
  /** People by group. */
  readonly groups: ReadonlyMap<string, readonly string[]> | undefined;
  /** Who is told of what. */
  readonly notifications: NotificationSettings | undefined;
  /** What comes from elsewhere and is told as events. */
  readonly events: readonly EventSource[];
  /** By name of a workflow, its versions. */
  readonly workflows: ReadonlyMap<string, readonly string[]> | undefined;
  /** Its decisions by name and version. */
  readonly decisions: KnownDecisions | undefined;
  /** By capability, the versions that devices of its fleets have. */
  readonly capabilities: ReadonlyMap<string, readonly string[]> | undefined;
}

/** A workflow by itself. */
export const NO_PROJECT: Project = {
  catalogue: undefined,
  pools: undefined,
  groups: undefined,
  notifications: undefined,
  events: [],
  workflows: undefined,
  decisions: undefined,
  capabilities: undefined,
};

/** What the file of a project says. */
export interface ProjectSettings extends Pick<Project, 'pools' | 'groups' | 'notifications' | 'events'> {
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads the file of a project. Where it has not its shape, nothing of it is known. */
export function readProjectFile(source: Source): ProjectSettings {
  const unknown = { pools: undefined, groups: undefined, notifications: undefined, events: [] };
  if (source.value === undefined) return { ...unknown, diagnostics: source.diagnostics };
  const shaped = checkShape(ProjectFileSchema, source.value, { source, path: [] });
  if (!shaped.ok) return { ...unknown, diagnostics: shaped.diagnostics };
  const { pools = {}, groups, receivers, notifications, events = [] } = shaped.value;
  return {
    pools: new Map(Object.entries(pools)),
    groups: groups === undefined ? undefined : new Map(Object.entries(groups)),
    notifications:
      receivers === undefined && notifications === undefined
        ? undefined
        : { receivers: receivers ?? {}, routes: notifications ?? [] },
    events: readEventSources(events),
    diagnostics: [],
  };
}

import * as z from 'zod';
import { NameSchema } from './fields.ts';

/** Most people of a group: each is told by a message of their own. */
export const MAX_MEMBERS = 100;

/** Name of a group of people. */
export const GroupNameSchema = NameSchema;

/** The people of a group, each once: `Ada@x.org` and `ada@x.org` are one. */
export const MembersSchema = z
  .array(z.string().trim().min(1, 'is empty').max(256))
  .min(1, 'has nobody')
  .max(MAX_MEMBERS)
  .refine((people) => new Set(people.map((one) => one.toLowerCase())).size === people.length, {
    message: 'names somebody twice',
  })
  .describe('The people of the group, by address or by name.')
  .meta({ examples: [['ada@example.org', 'grace@example.org']] });

/** Groups of people by name. */
export const GroupsSchema = z
  .record(GroupNameSchema, MembersSchema)
  .describe('Groups of people, whom `approve` steps ask.')
  .meta({ examples: [{ ops: ['ada@example.org', 'grace@example.org'] }] });

/** What a compiled machine says of the device that a command goes to, where it names none: by what it is chosen. */
import * as z from 'zod';
import { JsonObjectSchema } from '#core/json.ts';
import { STRATEGIES } from '#definition/step-parts.ts';

export { STRATEGIES };

/** What a device must have, be and report. */
const WishSchema = z.object({
  /** Capability to the version range it must satisfy. */
  requires: z.record(z.string(), z.string()).default({}),
  /** The zone it is in, or a zone around it. */
  zone: z.string().optional(),
  tags: z.record(z.string(), z.string()).default({}),
  /** Expression over one device's fields, without delimiters. */
  where: z.string().optional(),
});

/** What a device must have, be and report. */
export type Wish = z.infer<typeof WishSchema>;

/** What counts for a device, and how much. */
export const PreferenceSchema = WishSchema.extend({ weight: z.number().positive() });

/** What counts for a device, and how much. */
export type Preference = z.infer<typeof PreferenceSchema>;

/** One of the alternatives, which are tried in their order until a device fits one. */
export const AlternativeSchema = WishSchema.extend({
  /** The zone that it shall be in; else one of the zones around that, the smallest first. */
  near: z.string().optional(),
  /** This device and no other. */
  device: z.string().optional(),
  /** Another command than the step's. */
  command: z.string().optional(),
  with: JsonObjectSchema.optional(),
  deferred: z.record(z.string(), z.string()).optional(),
});

/** One of the alternatives. */
export type Alternative = z.infer<typeof AlternativeSchema>;

/** By what the device of a command is chosen. */
export const RouteSchema = z.object({
  alternatives: z.array(AlternativeSchema).min(1),
  /** Ids of devices that are left out. */
  exclude: z.union([z.array(z.string()), z.string().transform((id) => [id])]).default([]),
  prefers: z.array(PreferenceSchema).default([]),
  strategy: z.enum(STRATEGIES).default('least-loaded'),
  /** Of `sticky`: equal keys go to the same device. */
  key: z.string().optional(),
  /** Of `weighted`: expression over one device's fields, without delimiters. */
  weight: z.string().optional(),
  /** Whether another try of the step goes to another device, where one fits. */
  retryOn: z.enum(['another', 'same']).default('another'),
  /** How long the command waits for a device where none fits, and which group is told; absent: it fails. */
  whenNone: z
    .object({ waitSeconds: z.number().positive(), escalate: z.string().exactOptional() })
    .exactOptional(),
});

/** By what the device of a command is chosen. */
export type Route = z.infer<typeof RouteSchema>;

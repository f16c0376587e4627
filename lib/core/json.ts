import { z } from 'zod';

/** A JSON value. Everything that crosses a port, a journal or a wire is one of these. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** A JSON object. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/** Checks a JSON value. */
export const JsonSchema: z.ZodType<Json> = z
  .union([
    z.string(),
    z.number(),
    z.boolean(),
    z.null(),
    z.array(z.lazy(() => JsonSchema)),
    z.record(
      z.string(),
      z.lazy(() => JsonSchema),
    ),
  ])
  .meta({ id: 'value' });

/** Checks a JSON object. */
export const JsonObjectSchema: z.ZodType<JsonObject> = z.record(z.string(), JsonSchema);

/** Whether a JSON value is an object (not null, not an array). */
export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

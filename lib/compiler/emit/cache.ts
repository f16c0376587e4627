import type { JsonObject } from '#core/json.ts';
import type { Cache } from '#definition/step-parts.ts';
import { boundTemplate, type Emitting } from '../emitting.ts';

/** How a step's result is shared, as a handler takes it. */
export function cacheValue(cache: Cache | undefined, at: Emitting): JsonObject | undefined {
  return cache && { key: boundTemplate(cache.key, at), ttlSeconds: cache.ttlMs / 1_000 };
}

import type { Clock } from '#core/clock.ts';
import type { EmbeddedEngine } from '#engine/embedded/engine.ts';
import { redriveRefusal } from '#engine/redrivable.ts';
import type { RedrivePort } from '#step-functions-api/parts.ts';

/** Redrives of the embedded engine, as the Step Functions API asks for them. */
export function engineRedrives(engine: EmbeddedEngine, clock: Clock): RedrivePort {
  return {
    state: (ref) => engine.redriveState(ref),
    // How long the history is, the engine itself looks at when it redrives.
    refusal: ({ status, endedAt }) =>
      redriveRefusal(
        {
          status,
          events: 0,
          maxEvents: Number.POSITIVE_INFINITY,
          ...(endedAt === undefined ? {} : { endedAt }),
        },
        clock.now(),
      ),
    redrive: async (ref) => (await engine.redrive(ref)).redrivenAt,
  };
}

import type { Pace } from '#archive/retire/ports.ts';
import type { Clock, Timer } from '#core/clock.ts';

/** After so much work in one go, others have their turn. In ms. */
const WORK_MS = 5;
/** For each ms of work, so many of rest. */
const REST = 4;
/** No rest is longer, in ms: what took long was for the most part waiting for others. */
const LONGEST_REST_MS = 25;

/** A pace that leaves the process to others most of the time. `wake` ends a rest. */
export function gentlePace(clock: Clock, isOver: () => boolean): Pace & { wake(): void } {
  let since = clock.now();
  let timer: Timer | undefined;
  let end: (() => void) | undefined;
  return {
    isOver,
    rest: async () => {
      const worked = clock.now() - since;
      if (worked >= WORK_MS && !isOver()) {
        await new Promise<void>((resolve) => {
          end = resolve;
          timer = clock.setTimer(clock.now() + Math.min(LONGEST_REST_MS, worked * REST), resolve);
        });
      }
      since = clock.now();
    },
    wake: () => {
      timer?.cancel();
      end?.();
    },
  };
}

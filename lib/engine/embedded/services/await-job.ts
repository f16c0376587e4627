import type { Clock } from '#core/clock.ts';
import type { Json, JsonObject } from '#core/json.ts';
import { ServiceFailure } from './service-failure.ts';
import type { JobState, StartedJob, SyncJob } from './sync-job.ts';

/** Time between two looks at a job, in ms: it grows from the first to the second. */
const FIRST_LOOK_MS = 1_000;
const LONGEST_LOOK_MS = 30_000;
const GROWTH = 1.5;

/** What looking at a job takes. */
export interface JobWatch {
  readonly job: SyncJob;
  readonly started: StartedJob;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Calls another action of the same service. */
  call(action: string, args: JsonObject, signal: AbortSignal): Promise<JsonObject>;
}

/**
 * Looks at a job until it has ended; gives what the service tells of it then. Throws States.TaskFailed, with that as its
 * cause, for one that failed. When the signal fires, the job is told to stop.
 */
export async function awaitJob(watch: JobWatch): Promise<JsonObject> {
  const { job } = watch;
  try {
    for (let delay = FIRST_LOOK_MS; ; delay = Math.min(delay * GROWTH, LONGEST_LOOK_MS)) {
      const found = await look(watch);
      if (found !== undefined && job.succeeded.includes(found.status)) return found.result;
      if (found !== undefined && job.failed.includes(found.status)) {
        throw new ServiceFailure('States.TaskFailed', JSON.stringify(found.result));
      }
      await pause(watch, delay);
    }
  } catch (error) {
    if (watch.signal.aborted) await stop(watch);
    throw error;
  }
}

async function look({ job, started, call, signal }: JobWatch): Promise<JobState | undefined> {
  return job.read(await call(job.describe, withoutNulls(job.identify(started)), signal));
}

function withoutNulls(args: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(args).filter(([, value]: [string, Json]) => value !== null));
}

function pause({ clock, signal }: JobWatch, ms: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  if (signal.aborted) return Promise.reject(signal.reason);
  const giveUp = (): void => {
    timer.cancel();
    reject(signal.reason);
  };
  const timer = clock.setTimer(clock.now() + ms, () => {
    signal.removeEventListener('abort', giveUp);
    resolve();
  });
  signal.addEventListener('abort', giveUp, { once: true });
  return promise;
}

/** How long a service has to take that a job is to be stopped, in ms; nobody waits for it. */
const STOP_TIMEOUT_MS = 10_000;

/** Asks for the end of a job nobody waits for any more. What comes of it changes nothing: the task has ended. */
async function stop({ job, started, call }: JobWatch): Promise<void> {
  if (job.stop === undefined) return;
  const args = withoutNulls(job.stop.args(started));
  await call(job.stop.action, args, AbortSignal.timeout(STOP_TIMEOUT_MS)).catch(() => undefined);
}

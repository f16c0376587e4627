import { StepwrightError } from '#core/error.ts';
import { executionKeys } from '#table/keys.ts';
import type { Execution } from '../execution.ts';
import { getExecution } from '../execution-store.ts';
import type { ExecutionPorts } from '../ports.ts';
import { endPause, outputOfEnded, type Pause, pausesOf, waveOf } from '../rollout/pause.ts';
import { type Operator, recorded } from './action.ts';
import { demandRunning } from './refusals.ts';

/** Whose next wave is to begin. */
export interface NextWaveAsked extends Operator {
  /** Path of the forEach; default: of all that wait. */
  readonly path?: string | undefined;
}

/**
 * Lets a rollout that waits between two waves go on now: neither the rest of its soak time nor its health is waited for. What is
 * done between waves then, such as an approval, still is. One that watches for devices that join closes its watch. Gives the execution. Throws SW4044, SW4066, SW4068.
 */
export async function beginNextWave(
  ports: ExecutionPorts,
  id: string,
  { path, ...operator }: NextWaveAsked,
): Promise<Execution> {
  const execution = await getExecution(ports.table, id);
  demandRunning(execution, 'moved on to the next wave');
  const details = path === undefined ? {} : { path };
  return recorded(ports, { ...operator, operation: 'next', details, execution: id }, async () => {
    let moved = 0;
    for await (const pause of pausesOf(ports.table, id)) {
      if (isBetweenWaves(pause, path) && (await moveOn(ports, pause, operator))) moved++;
    }
    if (moved === 0) throw nothingWaits(id, path);
    return getExecution(ports.table, id);
  });
}

function isBetweenWaves({ request }: Pause, path: string | undefined): boolean {
  return request.action !== 'begin' && (path === undefined || request.rollout === path);
}

/** What is waited for after the soak time finds the mark, and is not waited for either. */
async function moveOn(ports: ExecutionPorts, pause: Pause, { by }: Operator): Promise<boolean> {
  const { execution, path, rollout, action } = pause.request;
  // Nobody joins any more: the watch of the whole rollout is over, not that of one wave.
  const over = action === 'join' ? rollout : waveOf(path);
  await ports.table.put({ ...executionKeys.waved(execution, over), by });
  return endPause(ports, pause, outputOfEnded(pause, by));
}

function nothingWaits(id: string, path: string | undefined): StepwrightError {
  const what = path === undefined ? 'no rollout' : `no rollout "${path}"`;
  return new StepwrightError({
    code: 'SW4068',
    kind: 'conflict',
    message: `${what} of execution "${id}" waits between two waves`,
    hint: 'a wave that runs is waited for; what an approval waits for is for people to say',
  });
}

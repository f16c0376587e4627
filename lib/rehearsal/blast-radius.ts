import type { Catalogue } from '#definition/command.ts';
import type { Command } from '#devices/command.ts';
import type { ExecutionView } from '#executions/describe.ts';
import type { CarriedOut } from './device-line.ts';

/** What the blast radius of a run is found in. */
export interface BlastOptions {
  readonly view: ExecutionView;
  readonly commands: readonly Command[];
  readonly carriedOut: readonly CarriedOut[];
  readonly catalogue: Catalogue;
  /** When the run ended, in ms since the epoch. */
  readonly end: number;
}

/**
 * Most devices at once that a command had changed and that were not known to be good yet: the same measure as that of
 * `stepwright plan`. A device of an iteration is good once its iteration is through, any other once the run is; and a
 * device is good again once it has been put back.
 */
export function blastRadiusOf(options: BlastOptions): number {
  const intervals = Map.groupBy(
    options.carriedOut.filter((done) => isChange(done, options)),
    ({ device }) => device,
  );
  const marks = [...intervals.values()].flatMap((changes) => {
    const from = Math.min(...changes.map(({ at }) => at));
    const to = Math.max(...changes.map((change) => goodAt(change, options)));
    return [
      { at: from, change: 1 },
      { at: Math.max(to, from), change: -1 },
    ];
  });
  let most = 0;
  let now = 0;
  for (const { change } of marks.toSorted((one, other) => one.at - other.at || other.change - one.change)) {
    now += change;
    most = Math.max(most, now);
  }
  return most;
}

function isChange({ id, command, changes }: CarriedOut, { commands, catalogue }: BlastOptions): boolean {
  if (changes === undefined || commands.find((one) => one.id === id)?.undoes !== undefined) return false;
  return catalogue?.get(command)?.effect !== 'none';
}

function goodAt({ id }: CarriedOut, { commands, view, end }: BlastOptions): number {
  const command = commands.find((one) => one.id === id);
  if (command?.undoneAt !== undefined) return command.undoneAt;
  const iteration = /^(.*\[\d+\])\./.exec(command?.path ?? '')?.[1];
  if (iteration === undefined) return end;
  const steps = view.steps.filter(({ path }) => path.startsWith(`${iteration}.`));
  const isThrough = steps.every(({ status }) => status === 'SUCCEEDED' || status === 'SKIPPED');
  return isThrough ? Math.max(0, ...steps.map(({ endedAt = end }) => endedAt)) : end;
}

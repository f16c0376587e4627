import { parseArgs } from 'node:util';

/** What the command line of a runner of cases asks for. */
export interface RunnerArguments {
  /** Where the cases are. */
  readonly folder: string;
  /** Which of them, by name. */
  readonly only: RegExp;
  /** The share that has to be as expected. */
  readonly least: number;
  readonly details: boolean;
  readonly json: boolean;
}

/** Reads it; undefined when it asks for nothing that there is. */
export function readRunnerArguments(argv: readonly string[], least: string): RunnerArguments | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        only: { type: 'string', default: '' },
        least: { type: 'string', default: least },
        details: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    });
    const [folder, ...more] = positionals;
    const share = Number(values.least);
    if (folder === undefined || more.length > 0 || !(share >= 0 && share <= 1)) return undefined;
    return {
      folder,
      only: new RegExp(values.only),
      least: share,
      details: values.details,
      json: values.json,
    };
  } catch {
    return undefined;
  }
}

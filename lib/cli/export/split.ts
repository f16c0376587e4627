import { InvalidArgumentError } from 'commander';

/** Into which parts rows are divided, in the order of time. */
export interface Split {
  /** The share of rows that is for training. */
  readonly train: number;
}

/** Reads `time:0.8`. */
export function parseSplit(text: string): Split {
  const train = Number(/^time:(0?\.\d+)$/.exec(text)?.[1]);
  if (train > 0 && train < 1) return { train };
  throw new InvalidArgumentError(
    'Write it like time:0.8, which trains on the first 80 % and tests on what came after.',
  );
}

/** A part of the rows, which becomes a file. */
export type Part = 'all' | 'train' | 'test';

/** The parts that there are. */
export function partsOf(split: Split | undefined): readonly Part[] {
  return split === undefined ? ['all'] : ['train', 'test'];
}

/**
 * To which part each row of so many belongs, asked in the order of time: what was made at the same instant stays together, so that
 * the test tells of nothing that training has seen.
 */
export function partition(split: Split | undefined, rows: number): (at: string) => Part {
  if (split === undefined) return () => 'all';
  const cut = Math.round(split.train * rows);
  let count = 0;
  let last: string | undefined;
  return (at) => {
    count++;
    const isTrain = count <= cut || (count > 1 && at === last);
    if (isTrain) last = at;
    return isTrain ? 'train' : 'test';
  };
}

/** What bench/decisions.ts asks, and what is asked. */

/** An input of the rule and of the table. */
export interface Asked {
  readonly n: number;
  readonly s: string;
  readonly k: string;
  readonly m: number;
}

/** A rule of the table: `from <= n < to`, `s`, `k` and `m > 0` give `out`. */
export interface Row {
  readonly from: number;
  readonly to: number;
  readonly s: string;
  readonly k: string;
  readonly out: number;
}

/** What is measured: the rule gives whether it holds, the table what its first rule gives, or -1. */
export interface Contestant {
  readonly name: string;
  readonly rule: (asked: Asked) => unknown;
  readonly table: ((asked: Asked) => unknown) | undefined;
}

/** Rules of which one in some holds for an input. */
export function rowsOf(count: number): readonly Row[] {
  return Array.from({ length: count }, (_, at) => ({
    ...{ from: at, to: at + 50, s: `s${at % 7}`, k: at % 2 === 0 ? 'pump' : 'valve', out: at },
  }));
}

/** Inputs that differ, so that nobody remembers an answer. */
export function inputsOf(count: number, ofTable: boolean): readonly Asked[] {
  return Array.from({ length: count }, (_, at) => ({
    n: ofTable ? (at * 7_919) % 10_000 : at % 50,
    s: ofTable ? `s${at % 7}` : (['berlin', 'paris', 'rome'][at % 3] ?? ''),
    k: at % 4 === 0 ? 'valve' : 'pump',
    m: at % 5,
  }));
}

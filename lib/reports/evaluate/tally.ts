import type { ReportFile } from '#definition/report/report.ts';
import { fieldOf, type ReportRecord } from '../record.ts';
import { Condition } from './condition.ts';
import { DistinctBudget, REPORT_LIMITS, type ReportLimits } from './limits.ts';
import { type Measuring, measuringOf } from './measuring.ts';
import { type Cell, type ReportNotice, timezoneOf } from './report-result.ts';
import { timePart } from './time-parts.ts';

/** The records of one row, so far. */
export interface TalliedGroup {
  readonly cells: readonly Cell[];
  readonly measures: readonly Measuring[];
}

/**
 * Sorts records into the rows of a report, and reckons its measures: in the room that the rows take, however many records there are, and
 * the same in any order, as long as nothing is left out.
 */
export class ReportTally {
  readonly #file: ReportFile;
  readonly #limits: ReportLimits;
  /** How many more different values may be told apart. */
  readonly budget: DistinctBudget;
  readonly #where: Condition | undefined;
  /** By measure the condition of its share. */
  readonly #shares: readonly (Condition | undefined)[];
  readonly #groups = new Map<string, TalliedGroup>();
  readonly #all: TalliedGroup;
  readonly #timezone: string;
  #read = 0;
  #counted = 0;
  /** Records for whose row there was no room. */
  #leftOut = 0;

  constructor(file: ReportFile, limits: ReportLimits = REPORT_LIMITS) {
    this.#file = file;
    this.#limits = limits;
    this.#timezone = timezoneOf(file);
    this.budget = new DistinctBudget(limits.distinct);
    this.#where = file.where === undefined ? undefined : new Condition(file.where);
    this.#shares = Object.values(file.measures).map((measure) =>
      typeof measure === 'object' && 'share' in measure ? new Condition(measure.share) : undefined,
    );
    this.#all = this.#begun([]);
  }

  /** How many records were taken, and how many of them fit. */
  get records(): { readonly read: number; readonly counted: number } {
    return { read: this.#read, counted: this.#counted };
  }

  /** All rows, in no order. */
  get groups(): readonly TalliedGroup[] {
    return [...this.#groups.values()];
  }

  /** The measures over all records that fit. */
  get totals(): readonly Measuring[] {
    return this.#all.measures;
  }

  async take(record: ReportRecord): Promise<void> {
    this.#read++;
    if (!this.#isWanted(record)) return;
    if (this.#where !== undefined && !(await this.#where.holds(record))) return;
    this.#counted++;
    const holds: boolean[] = [];
    for (const share of this.#shares) holds.push(share !== undefined && (await share.holds(record)));
    takeAll(this.#all, record, holds);
    // Without groups the one row is all.
    const { groupBy } = this.#file;
    if (groupBy === undefined) return;
    const group = this.#groupOf(this.#cellsOf(groupBy, record));
    if (group === undefined) this.#leftOut++;
    else takeAll(group, record, holds);
  }

  /** What is not in the rows, and why. */
  notices(): readonly ReportNotice[] {
    const { groups, distinct } = this.#limits;
    return [
      ...[this.#where, ...this.#shares].flatMap((condition) => failures(condition)),
      ...(this.#leftOut === 0
        ? []
        : [
            {
              kind: 'groups',
              message: `there are more than ${groups} rows: ${this.#leftOut} records of others are in the totals alone`,
            } as const,
          ]),
      ...(this.budget.refused === 0
        ? []
        : [
            {
              kind: 'distinct',
              message: `more than ${distinct} different values were not told apart: there are at least as many as it says`,
            } as const,
          ]),
    ];
  }

  #isWanted(record: ReportRecord): boolean {
    return Object.entries(this.#file.filters ?? {}).every(([field, wanted]) => {
      const value = fieldOf(record, field);
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      return typeof wanted === 'string' ? text === wanted : wanted.includes(text);
    });
  }

  #cellsOf(groupBy: NonNullable<ReportFile['groupBy']>, record: ReportRecord): readonly Cell[] {
    return Object.values(groupBy).map((group) => {
      if (typeof group === 'string') return cellOf(fieldOf(record, group));
      const at = Date.parse(String(fieldOf(record, group.time)));
      return Number.isNaN(at) ? null : timePart(at, group.by, this.#timezone);
    });
  }

  #groupOf(cells: readonly Cell[]): TalliedGroup | undefined {
    const key = JSON.stringify(cells);
    const known = this.#groups.get(key);
    if (known !== undefined || this.#groups.size >= this.#limits.groups) return known;
    const begun = this.#begun(cells);
    this.#groups.set(key, begun);
    return begun;
  }

  #begun(cells: readonly Cell[]): TalliedGroup {
    const measures = Object.values(this.#file.measures);
    return { cells, measures: measures.map((measure) => measuringOf(measure, this.budget)) };
  }
}

function takeAll({ measures }: TalliedGroup, record: ReportRecord, holds: readonly boolean[]): void {
  for (const [at, measure] of measures.entries()) measure.take(record, holds[at] === true);
}

/** Longest text that stands for a value of several parts. */
const LONGEST = 200;

function cellOf(value: ReturnType<typeof fieldOf>): Cell {
  return typeof value === 'object' && value !== null ? JSON.stringify(value).slice(0, LONGEST) : value;
}

function failures(condition: Condition | undefined): readonly ReportNotice[] {
  if (condition === undefined || condition.failed === 0) return [];
  const { failed, text, reason } = condition;
  return [{ kind: 'failed', message: `"${text}" could not be told of ${failed} records: ${reason}` }];
}

import type { Json, JsonObject } from '#core/json.ts';
import { type Condition, conditionOf } from '#definition/decision/condition.ts';
import type { DecisionFile } from '#definition/decision/decision.ts';
import { predicateOf } from '#definition/decision/predicate.ts';
import type { DecisionTable } from '#definition/decision/table.ts';
import { type Samples, samplesOf } from './decision-samples.ts';

/** What the rules of a table leave open, and where they meet. Each finding has an input that shows it. Rules count from 0. */
export interface Coverage {
  /** An input for which no rule holds; undefined where there is none, or an expression may take it in. */
  readonly gap: JsonObject | undefined;
  /** Rules that hold together, in pairs, with an input; not looked for by the policy first. */
  readonly overlaps: readonly Overlap[];
  /** Rules that no input reaches; none where that is not known for sure. */
  readonly unreached: readonly number[];
  /** Why not all is known: rules with expressions, or more combinations than are looked at. */
  readonly unknown: 'expressions' | 'size' | undefined;
}

/** Two rules that hold together. */
export interface Overlap {
  readonly rules: readonly [number, number];
  readonly input: JsonObject;
}

/** How many steps the search takes at most: some tenths of a second. */
const MOST_WORK = 1_000_000;
const MOST_OVERLAPS = 10;

/** A column: classes of values that the same rules take, each with a value that stands for it. */
interface Column {
  readonly input: string;
  readonly classes: readonly { readonly value: Json; readonly holds: Uint8Array }[];
}

/** Looks at every combination of values that the rules of a table can tell apart. */
export function coverageOf({ inputs }: Pick<DecisionFile, 'inputs'>, table: DecisionTable): Coverage {
  const parsed = table.rules.map(({ when }) =>
    Object.entries(when).map(([input, cell]) => [input, conditionOf(cell)] as const),
  );
  const maybe = parsed.map((cells) => cells.some(([, { kind }]) => kind === 'expression'));
  const search = new Search(table, maybe);
  const columns: Column[] = [];
  const idle: [string, Json][] = [];
  let isComplete = true;
  for (const [input, schema] of Object.entries(inputs)) {
    const conditions = parsed.map((cells) => cells.find(([name]) => name === input)?.[1]);
    const samples = samplesOf(
      schema,
      conditions.flatMap((condition) => condition ?? []),
    );
    isComplete &&= samples.isComplete;
    if (samples.values.length === 0)
      return { gap: undefined, overlaps: [], unreached: [], unknown: undefined };
    if (samples.values.length * table.rules.length > MOST_WORK) return unknownBySize();
    const column = columnOf(input, samples, conditions);
    if (column.classes.length > 1) columns.push(column);
    else if (column.classes[0]?.holds.every((holds) => holds === 1))
      idle.push([input, column.classes[0].value]);
    else columns.push(column);
  }
  search.run(
    columns.sort((one, other) => one.classes.length - other.classes.length),
    idle,
  );
  return search.coverage(isComplete);
}

function unknownBySize(): Coverage {
  return { gap: undefined, overlaps: [], unreached: [], unknown: 'size' };
}

function columnOf(
  input: string,
  { values }: Samples,
  conditions: readonly (Condition | undefined)[],
): Column {
  const tests = conditions.map((condition) =>
    condition === undefined || condition.kind === 'expression' ? undefined : predicateOf(condition),
  );
  const classes = new Map<string, { readonly value: Json; readonly holds: Uint8Array }>();
  for (const value of values) {
    const holds = Uint8Array.from(tests, (test) => (test === undefined || test(value) ? 1 : 0));
    const key = holds.join('');
    if (!classes.has(key)) classes.set(key, { value, holds });
  }
  return { input, classes: [...classes.values()] };
}

/** A walk over the combinations of classes that stops where nothing more can be found. */
class Search {
  readonly #table: DecisionTable;
  /** Whether a rule has an expression, so that it may hold or not where its other cells do. */
  readonly #maybe: readonly boolean[];
  readonly #reached = new Set<number>();
  readonly #overlaps = new Map<string, Overlap>();
  #columns: readonly Column[] = [];
  #idle: readonly (readonly [string, Json])[] = [];
  /** By rule, how many columns still ask something of it, from each column on. */
  #left: readonly Uint8Array[] = [];
  #gap: JsonObject | undefined;
  #work = 0;

  constructor(table: DecisionTable, maybe: readonly boolean[]) {
    this.#table = table;
    this.#maybe = maybe;
  }

  run(columns: readonly Column[], idle: readonly (readonly [string, Json])[]): void {
    this.#columns = columns;
    this.#idle = idle;
    this.#left = columns.map((_, from) =>
      Uint8Array.from(this.#maybe, (_rule, at) =>
        columns.slice(from).some(({ classes }) => classes.some(({ holds }) => holds[at] === 0)) ? 1 : 0,
      ),
    );
    this.#visit(
      0,
      this.#maybe.map((_, at) => at),
      [],
    );
  }

  coverage(isComplete: boolean): Coverage {
    const isWhole = this.#work <= MOST_WORK;
    const unreached = this.#maybe.flatMap((_, at) => (this.#reached.has(at) ? [] : [at]));
    return {
      gap: this.#gap,
      overlaps: [...this.#overlaps.values()],
      unreached: isWhole && isComplete ? unreached : [],
      unknown: isWhole ? (this.#maybe.includes(true) ? 'expressions' : undefined) : 'size',
    };
  }

  #visit(depth: number, rules: readonly number[], chosen: readonly (readonly [string, Json])[]): void {
    this.#work += rules.length + 1;
    if (this.#work > MOST_WORK) return;
    const column = this.#columns[depth];
    if (column === undefined || rules.length === 0 || this.#isSettled(depth, rules)) {
      this.#note(rules, chosen);
      return;
    }
    for (const { value, holds } of column.classes)
      this.#visit(
        depth + 1,
        rules.filter((at) => holds[at] === 1),
        [...chosen, [column.input, value]],
      );
  }

  /** Whether no further column changes what is found: the first rule holds whatever is to come. */
  #isSettled(depth: number, rules: readonly number[]): boolean {
    const [first] = rules;
    if (first === undefined || this.#left[depth]?.[first] === 1 || this.#maybe[first] === true) return false;
    return this.#table.hit === 'first' || rules.length === 1;
  }

  #note(rules: readonly number[], chosen: readonly (readonly [string, Json])[]): void {
    const sure = rules.filter((at) => this.#maybe[at] !== true);
    const [first] = sure;
    if (rules.length === 0) this.#gap ??= this.#example(chosen);
    if (this.#table.hit !== 'first') for (const at of rules) this.#reached.add(at);
    else for (const at of rules) if (first === undefined || at <= first) this.#reached.add(at);
    // By the policy first, the walk stops before it is known that others hold, too.
    if (this.#table.hit === 'first') return;
    for (const other of sure.slice(1)) {
      if (first === undefined || this.#overlaps.size >= MOST_OVERLAPS) break;
      const key = `${first} ${other}`;
      if (!this.#overlaps.has(key))
        this.#overlaps.set(key, { rules: [first, other], input: this.#example(chosen) });
    }
  }

  #example(chosen: readonly (readonly [string, Json])[]): JsonObject {
    const rest = this.#columns
      .slice(chosen.length)
      .map(({ input, classes }) => [input, classes[0]?.value ?? null] as const);
    return Object.fromEntries([...chosen, ...rest, ...this.#idle]);
  }
}

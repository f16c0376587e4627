import type { Json, JsonObject } from '#core/json.ts';
import type { AGGREGATES, HIT_POLICIES } from '../decision/table.ts';
import { type Column, cellOf } from './cells-in.ts';
import type { ModelOutput } from './decisions-in.ts';
import type { DmnFaults } from './faults.ts';
import { type Scope, translateFeel, Untranslatable } from './feel.ts';
import { childOf, childrenOf, textOf } from './model.ts';
import type { XmlElement } from './xml.ts';

const POLICIES: Readonly<Record<string, (typeof HIT_POLICIES)[number]>> = {
  UNIQUE: 'unique',
  FIRST: 'first',
  PRIORITY: 'priority',
  ANY: 'any',
  COLLECT: 'collect',
  'RULE ORDER': 'rule-order',
  'OUTPUT ORDER': 'output-order',
};
const AGGREGATIONS: Readonly<Record<string, (typeof AGGREGATES)[number]>> = {
  SUM: 'sum',
  MIN: 'min',
  MAX: 'max',
  COUNT: 'count',
};

/** Where a table is read: what its names stand for, and what it gives. */
export interface TableReading {
  readonly scope: Scope;
  readonly outputs: readonly ModelOutput[];
  readonly faults: DmnFaults;
}

/** A table of ours, and which of its outputs may be null. */
export interface ReadTable {
  readonly table: JsonObject;
  readonly nullable: ReadonlySet<string>;
}

/** Reads a decision table. What has no word is told at its place. */
export function readTable(element: XmlElement, reading: TableReading): ReadTable {
  const columns = childrenOf(element, 'input').map((input) => columnOf(input, reading));
  const nullable = new Set<string>();
  const rules = childrenOf(element, 'rule').map((rule) => readRule(rule, { columns, nullable, ...reading }));
  if (rules.length === 0) reading.faults.unsaid(element, 'a table has at least one rule');
  const otherwise = readDefaults(element, { nullable, ...reading });
  return {
    table: { ...policyOf(element, reading), rules, ...(otherwise === undefined ? {} : { otherwise }) },
    nullable,
  };
}

function policyOf(element: XmlElement, { faults }: TableReading): JsonObject {
  const { attributes } = element;
  const policy = attributes.get('hitPolicy') ?? 'UNIQUE';
  const aggregation = attributes.get('aggregation');
  const hit = POLICIES[policy];
  if (hit === undefined) faults.unsaid(element, `there is no hit policy ${policy}`);
  if (aggregation === undefined) return { hit: hit ?? 'unique' };
  const aggregate = AGGREGATIONS[aggregation];
  if (aggregate === undefined) faults.unsaid(element, `there is no aggregation ${aggregation}`);
  return { hit: hit ?? 'unique', ...(aggregate === undefined ? {} : { aggregate }) };
}

/** A column looks at an input, or a part of one; `$input.<name>` is how its expression reads here. */
function columnOf(input: XmlElement, { scope, faults }: TableReading): Column | undefined {
  const expression = childOf(input, 'inputExpression');
  const at = childOf(expression, 'text') ?? input;
  try {
    const { value, type } = translateFeel(textOf(expression), scope);
    const [, name, path = ''] =
      /^\{% \$input\.(\w+)((?:\.(?:\w+|`[^`]+`))*)(?: \?\? null)? %\}$/.exec(String(value)) ?? [];
    if (name !== undefined) return { input: name, path, type };
    faults.unsaid(at, `a column looks at an input or a part of one, not at: ${textOf(expression)}`);
  } catch (error) {
    tell(error, { at, faults });
  }
  return undefined;
}

interface RuleReading extends TableReading {
  readonly columns: readonly (Column | undefined)[];
  readonly nullable: Set<string>;
}

function readRule(rule: XmlElement, reading: RuleReading): JsonObject {
  const when = readCells(childrenOf(rule, 'inputEntry'), reading);
  const entries = childrenOf(rule, 'outputEntry');
  const note = [
    childOf(rule, 'description')?.text.trim() ?? '',
    ...childrenOf(rule, 'annotationEntry').map(textOf),
  ]
    .filter((text) => text !== '')
    .join('; ');
  return { when, give: readGiven(entries, reading), ...(note === '' ? {} : { note }) };
}

function readCells(entries: readonly XmlElement[], { columns, scope, faults }: RuleReading): JsonObject {
  const when: Record<string, Json> = {};
  for (const [index, entry] of entries.entries()) {
    const column = columns[index];
    if (column === undefined) continue;
    try {
      const cell = cellOf(textOf(entry), column, scope);
      if (cell === undefined) continue;
      const other = when[column.input];
      if (other === undefined) when[column.input] = cell;
      else if (bothExpressions(other, cell)) when[column.input] = joined(String(other), String(cell));
      else faults.unsaid(entry, `two columns look at the input ${column.input}`);
    } catch (error) {
      tell(error, { at: childOf(entry, 'text') ?? entry, faults });
    }
  }
  return when;
}

function bothExpressions(...cells: readonly Json[]): boolean {
  return cells.every((cell) => typeof cell === 'string' && cell.startsWith('{% '));
}

function joined(one: string, other: string): string {
  return `{% (${one.slice(3, -3)}) and (${other.slice(3, -3)}) %}`;
}

type GivenReading = Omit<RuleReading, 'columns'>;

function readGiven(
  entries: readonly XmlElement[],
  { outputs, scope, faults, nullable }: GivenReading,
): JsonObject {
  const given: Record<string, Json> = {};
  for (const [index, { name }] of outputs.entries()) {
    const entry = entries[index];
    const text = textOf(entry);
    if (entry === undefined || text === '' || text === '-') {
      given[name] = null;
      nullable.add(name);
      continue;
    }
    try {
      const { value, isNullable } = translateFeel(text, scope);
      given[name] = value;
      if (isNullable) nullable.add(name);
    } catch (error) {
      tell(error, { at: childOf(entry, 'text') ?? entry, faults });
    }
  }
  return given;
}

/** What is given where no rule holds: there, when one of the outputs has a default. */
function readDefaults(element: XmlElement, reading: GivenReading): JsonObject | undefined {
  const entries = childrenOf(element, 'output').map((output) => childOf(output, 'defaultOutputEntry'));
  if (entries.every((entry) => textOf(entry) === '')) return undefined;
  return readGiven(
    entries.map((entry) => entry ?? element),
    reading,
  );
}

/** Tells of an expression that has no translation, at its place. */
export function tell(
  error: unknown,
  { at, faults }: { readonly at: XmlElement; readonly faults: DmnFaults },
): void {
  if (!(error instanceof Untranslatable)) throw error;
  faults.unsaid(at, error.message, error.offset);
}

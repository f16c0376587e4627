import type { JsonObject } from '#core/json.ts';
import { type Condition, conditionOf } from '#definition/decision/condition.ts';
import type { DecisionFile } from '#definition/decision/decision.ts';
import type { DecisionTable } from '#definition/decision/table.ts';
import type { DecideStep } from '#definition/model.ts';
import { areApart, cellText } from './cell-text.ts';
import { type GivenInputs, givenInputs, isRefusal, type Refusal, variableOf } from './given-inputs.ts';
import { answerOf, type InlineAnswer } from './inline-answer.ts';

/** A table as the rules of a Choice state. Conditions are over `$<input>__given`, and give true or false. */
export interface InlineTable {
  readonly inputs: GivenInputs;
  /** Whether rules hold together that may not; undefined where none can. To be asked of inputs that fit. */
  readonly conflict: string | undefined;
  /** In the order in which they are asked. One without a condition always holds, and is the last. */
  readonly rules: readonly InlineRule[];
  /** Of no rule; undefined where it is for the handler to say. */
  readonly otherwise: InlineAnswer | undefined;
}

/** A rule of an {@link InlineTable}. */
export interface InlineRule extends InlineAnswer {
  readonly condition: string | undefined;
}

/** More rules than these are slower one by one than a call of a function that has an index. */
const MOST_RULES = 20;
const POLICIES: readonly unknown[] = ['first', 'unique', 'any'];

/** The table that decides for a step as rules of a Choice state, or why it cannot be one. */
export function inlineTable(step: DecideStep, file: DecisionFile | undefined): InlineTable | Refusal {
  if (!step.inline) return { reason: 'the step says `inline: false`' };
  if (file === undefined) return { reason: 'the decision is not known when the workflow is compiled' };
  const { table, log = 0 } = file;
  if (log > 0)
    return { reason: 'its file says by `log` that what it decides is logged, which a function does' };
  if (table === undefined)
    return { reason: `it decides by ${file.tree === undefined ? 'an expression' : 'a tree'}` };
  const { hit = 'unique', rules } = table;
  if (!POLICIES.includes(hit)) return { reason: `its policy is ${hit}` };
  if (rules.length > MOST_RULES) return { reason: `it has ${rules.length} rules, more than ${MOST_RULES}` };
  const inputs = givenInputs(step, file);
  if (isRefusal(inputs)) return inputs;
  const inlined = inlineRules(step, { file, table, inputs });
  return isRefusal(inlined) ? inlined : (refusalOf(inlined) ?? inlined);
}

/** A larger state is dearer to read, for people too, than a call. */
const MOST_CHARACTERS = 16_384;

function refusalOf(table: InlineTable): Refusal | undefined {
  if (table.inputs.size === 0 && table.conflict === undefined) return { reason: 'it decides without inputs' };
  const characters = JSON.stringify([...table.inputs, table.conflict, table.rules, table.otherwise]).length;
  if (characters <= MOST_CHARACTERS) return undefined;
  return { reason: `it would take ${characters} characters of the machine, more than ${MOST_CHARACTERS}` };
}

interface Inlining {
  readonly file: DecisionFile;
  readonly table: DecisionTable;
  readonly inputs: GivenInputs;
}

function inlineRules(step: DecideStep, inlining: Inlining): InlineTable | Refusal {
  const { file, table, inputs } = inlining;
  const read: ReadRule[] = [];
  for (const [index, rule] of table.rules.entries()) {
    const cells = readCells(rule.when, inputs);
    const answer = answerOf(step, file, { given: rule.give, index, note: rule.note });
    const refusal = [cells, answer].find(isRefusal);
    if (refusal !== undefined) return { reason: `rule ${index + 1} ${refusal.reason}` };
    if (!isRefusal(cells) && !isRefusal(answer)) read.push({ cells, answer });
  }
  const otherwise = answerOf(step, file, { given: table.otherwise });
  if (isRefusal(otherwise) && table.otherwise !== undefined)
    return { reason: `its \`otherwise\` ${otherwise.reason}` };
  const rules = read.map(({ cells, answer }): InlineRule => ({ ...answer, condition: conjunctionOf(cells) }));
  const last = rules.findIndex(({ condition }) => condition === undefined);
  return {
    inputs,
    conflict: table.hit === 'first' ? undefined : conflictText(table, read),
    rules: last < 0 ? rules : rules.slice(0, last + 1),
    otherwise: isRefusal(otherwise) ? undefined : otherwise,
  };
}

interface ReadRule {
  readonly cells: readonly ReadCell[];
  readonly answer: InlineAnswer;
}

interface ReadCell {
  readonly input: string;
  readonly condition: Extract<Condition, { kind: 'sets' }>;
  readonly text: string;
}

function readCells(
  when: DecisionTable['rules'][number]['when'],
  inputs: GivenInputs,
): readonly ReadCell[] | Refusal {
  const cells: ReadCell[] = [];
  for (const [input, cell] of Object.entries(when)) {
    const condition = conditionOf(cell);
    if (condition.kind === 'any') continue;
    if (condition.kind === 'expression') return { reason: 'asks by an expression' };
    const types = inputs.get(input)?.types ?? new Set();
    const text = cellText(condition, { variable: variableOf(input), types });
    if (text === undefined) return { reason: `compares a date, a time or a duration with "${input}"` };
    cells.push({ input, condition, text });
  }
  return cells;
}

function conjunctionOf(cells: readonly ReadCell[]): string | undefined {
  return cells.length === 0 ? undefined : cells.map(({ text }) => text).join(' and ');
}

/** Each two rules that may hold together, and may not. */
function conflictText({ hit }: DecisionTable, rules: readonly ReadRule[]): string | undefined {
  const pairs = rules.flatMap((one, at) =>
    rules.slice(at + 1).flatMap((other) => {
      const isAllowed = hit === 'any' && sameText(one.answer.given) === sameText(other.answer.given);
      if (isAllowed || neverTogether(one, other)) return [];
      return [[conjunctionOf(one.cells), conjunctionOf(other.cells)].filter((text) => text !== undefined)];
    }),
  );
  if (pairs.length === 0) return undefined;
  return pairs.map((texts) => (texts.length === 0 ? 'true' : `(${texts.join(' and ')})`)).join(' or ');
}

function neverTogether(one: ReadRule, other: ReadRule): boolean {
  return one.cells.some((cell) => {
    const same = other.cells.find(({ input }) => input === cell.input);
    return same !== undefined && areApart(cell.condition, same.condition);
  });
}

function sameText(given: JsonObject): string {
  return JSON.stringify(Object.entries(given).sort(([one], [two]) => (one < two ? -1 : 1)));
}

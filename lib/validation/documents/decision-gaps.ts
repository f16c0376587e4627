import type { JsonObject } from '#core/json.ts';
import type { DecisionTable } from '#definition/decision/table.ts';
import { type Coverage, coverageOf } from './decision-coverage.ts';
import type { Decision } from './decision-values.ts';

/** Policies by which one rule gives what is decided. */
const SINGLE: readonly string[] = ['unique', 'first', 'any', 'priority'];

/** Tells what the rules of a table leave open, which of them may not hold together, and which no input reaches. */
export function checkCoverage(table: DecisionTable, { file, report }: Decision): void {
  const hit = table.hit ?? 'unique';
  const found = coverageOf(file, table);
  if (found.gap !== undefined && table.otherwise === undefined && SINGLE.includes(hit)) {
    report.at(['table', 'rules'], {
      code: 'SW1826',
      message: `no rule holds for ${shown(found.gap)}`,
      hint: 'add a rule for it, or say by `otherwise` what is decided then',
    });
  }
  for (const { message, at } of conflicts(table, found)) {
    report.at(['table', 'rules', at], {
      code: 'SW1827',
      message,
      hint: 'make their cells exclude each other, or take another `hit`, such as first',
    });
  }
  for (const at of found.unreached) {
    report.at(['table', 'rules', at], {
      code: 'SW1828',
      message:
        hit === 'first'
          ? `rule ${at + 1} is never reached: its inputs cannot be, or rules before it take them`
          : `rule ${at + 1} never holds: its inputs cannot be`,
      hint: 'take it out, or put it before the rules that take its inputs',
    });
  }
  if (found.unknown !== undefined) tellUnknown(found.unknown, { report });
}

function conflicts(
  { hit = 'unique', rules }: DecisionTable,
  { overlaps }: Coverage,
): readonly { readonly message: string; readonly at: number }[] {
  if (hit !== 'unique' && hit !== 'any') return [];
  return overlaps.flatMap(({ rules: [one, other], input }) => {
    const [first, second] = [rules[one], rules[other]];
    const differ = JSON.stringify(first?.give) !== JSON.stringify(second?.give);
    if (hit === 'any' && (!differ || hasExpression(first?.give) || hasExpression(second?.give))) return [];
    const what = hit === 'any' ? 'both hold, and give different outputs,' : 'both hold';
    return [{ message: `rules ${one + 1} and ${other + 1} ${what} for ${shown(input)}`, at: other }];
  });
}

/** What expressions give is not known before they are evaluated. */
function hasExpression(give: unknown): boolean {
  return JSON.stringify(give)?.includes('{%') ?? false;
}

function tellUnknown(reason: NonNullable<Coverage['unknown']>, { report }: Pick<Decision, 'report'>): void {
  report.at(['table'], {
    code: 'SW1829',
    message:
      reason === 'size'
        ? 'the table has more combinations of values than are looked at for gaps and overlaps'
        : 'expressions in cells: where these rules hold is not known, so that gaps and overlaps of others alone are told',
    hint: 'write comparisons as cells, such as "> 20", where that says the same',
  });
}

/** An example of an input, as `--input` takes it. */
function shown(input: JsonObject): string {
  return JSON.stringify(input);
}

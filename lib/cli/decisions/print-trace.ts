import * as z from 'zod';
import type { Terminal } from '../terminal.ts';

/** What is printed of a trace, as the API tells it. */
const TraceSchema = z.looseObject({
  decision: z.string().optional(),
  version: z.string().optional(),
  rules: z.array(z.object({ rule: z.number(), note: z.string().optional() })).optional(),
  otherwise: z.boolean().optional(),
  others: z
    .array(
      z.object({
        rule: z.number(),
        input: z.string().optional(),
        cell: z.json().optional(),
        value: z.json().optional(),
      }),
    )
    .optional(),
  moreOthers: z.number().optional(),
  branches: z.array(z.object({ place: z.string(), if: z.string().optional() })).optional(),
  data: z.array(z.string()).optional(),
  get decisions() {
    return z.record(z.string(), TraceSchema).optional();
  },
});

/** Why it was decided so, line by line. */
export function traceLines(document: unknown, { notePaint: paint }: Pick<Terminal, 'notePaint'>): string[] {
  const parsed = TraceSchema.safeParse(document);
  if (!parsed.success) return [];
  const trace = parsed.data;
  const { rules = [], others = [], branches = [], data = [], moreOthers = 0 } = trace;
  return [
    paint.bold(`${trace.decision ?? ''} ${trace.version ?? ''}`.trim()),
    ...rules.map(({ rule, note }) => `  rule ${rule} holds${note === undefined ? '' : `: ${note}`}`),
    ...(trace.otherwise === true ? ['  no rule holds: otherwise'] : []),
    ...(trace.rules !== undefined && rules.length === 0 && trace.otherwise !== true
      ? ['  no rule holds']
      : []),
    ...branches.map((branch) => `  ${branch.place}: ${branch.if ?? 'else'}`),
    ...others.map((each) => paint.dim(`  ${otherLine(each)}`)),
    ...(moreOthers > 0 ? [paint.dim(`  and ${moreOthers} more rules`)] : []),
    ...(data.length > 0 ? [`  reads ${data.map((name) => `$data.${name}`).join(', ')}`] : []),
    ...Object.entries(trace.decisions ?? {}).flatMap(([name, used]) =>
      traceLines(used, { notePaint: paint }).map((line, at) =>
        at === 0 ? `  $${name}: ${line}` : `  ${line}`,
      ),
    ),
  ];
}

type OtherRule = NonNullable<z.output<typeof TraceSchema>['others']>[number];

function otherLine({ rule, input, cell, value }: OtherRule): string {
  if (input === undefined) return `rule ${rule} was not needed`;
  return `rule ${rule} does not hold: ${input} is ${JSON.stringify(value)}, not ${typeof cell === 'string' ? cell : JSON.stringify(cell)}`;
}

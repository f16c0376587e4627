/** The rivals of bench/decisions.ts, each with the same rule of four conditions and the same table. */
import { ZenEngine } from '@gorules/zen-engine';
import { parse } from '@marcbachmann/cel-js';
import { LogicEngine } from 'json-logic-engine';
import type { Asked, Contestant, Row } from '../decision-cases.ts';

/** Every rival that has the rule, and the table where it can be written in it. */
export async function rivals(rows: readonly Row[]): Promise<readonly Contestant[]> {
  const engine = new LogicEngine();
  const rule = engine.build({
    and: [
      { '>': [{ var: 'n' }, 20] },
      { in: [{ var: 's' }, ['berlin', 'paris']] },
      { '===': [{ var: 'k' }, 'pump'] },
      { '>=': [{ var: 'm' }, 1] },
    ],
  });
  const table = engine.build({
    if: [
      ...rows.flatMap(({ from, to, s, k, out }) => [
        {
          and: [
            { '>=': [{ var: 'n' }, from] },
            { '<': [{ var: 'n' }, to] },
            { '===': [{ var: 's' }, s] },
            { '===': [{ var: 'k' }, k] },
            { '>': [{ var: 'm' }, 0] },
          ],
        },
        out,
      ]),
      -1,
    ],
  });
  const cel = parse(`n > 20.0 && s in ["berlin", "paris"] && k == "pump" && m >= 1.0`);
  const zen = new ZenEngine();
  const zenRule = zen.createDecision(jdm([['> 20', '"berlin","paris"', '"pump"', '>= 1', 'true']]));
  const zenTable = zen.createDecision(
    jdm(rows.map(({ from, to, s, k, out }) => [`[${from}..${to})`, `"${s}"`, `"${k}"`, '> 0', String(out)])),
  );
  return [
    { name: 'json-logic-engine 5.0.7 (built)', rule: (asked) => rule(asked), table: (asked) => table(asked) },
    { name: '@marcbachmann/cel-js 8.0.0 (parsed)', rule: (asked) => cel(asked), table: undefined },
    {
      name: 'GoRules ZEN 0.52.1',
      rule: async (asked) => (await zenRule.evaluate(asked)).result.out === true,
      table: async (asked) => (await zenTable.evaluate(asked)).result.out ?? -1,
    },
  ];
}

/** A table of ZEN, as JSON Decision Model: cells by input, and the output. */
function jdm(rows: readonly (readonly string[])[]): object {
  const inputs = (['n', 's', 'k', 'm'] satisfies (keyof Asked)[]).map((field) => ({
    id: field,
    name: field,
    field,
  }));
  const content = {
    hitPolicy: 'first',
    inputs,
    outputs: [{ id: 'out', name: 'out', field: 'out' }],
    rules: rows.map(([n, s, k, m, out], at) => ({ _id: String(at), n, s, k, m, out })),
  };
  const nodes = [
    { id: 'i', type: 'inputNode', name: 'in', content: {} },
    { id: 't', type: 'decisionTableNode', name: 'table', content },
    { id: 'o', type: 'outputNode', name: 'out', content: {} },
  ];
  const edges = [
    { id: '1', sourceId: 'i', targetId: 't', type: 'edge' },
    { id: '2', sourceId: 't', targetId: 'o', type: 'edge' },
  ];
  return { nodes, edges };
}

/**
 * `npm run bench:decisions`: a rule of four conditions and a table of 10,000 rules, ours beside rivals, JSONata and a plain function.
 * All answers are compared first. Prints a table, and writes bench/results/decisions.json. The rivals are installed on first use.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { isJsonObject, type Json } from '#core/json.ts';
import { compileDecision, decide } from '#decisions/decision.ts';
import type { Answer } from '#decisions/trace.ts';
import type { DecisionFile } from '#definition/decision/decision.ts';
import { evaluate } from '#expression/evaluate.ts';
import { type Asked, type Contestant, inputsOf, type Row, rowsOf } from './decision-cases.ts';
import { round } from './measure.ts';
import { machineLine, thisMachine } from './this-machine.ts';

// json-logic-engine builds one function of ten thousand conditions: Maglev takes all memory there is to compile it.
setFlagsFromString('--no-maglev');

const FOLDER = join(import.meta.dirname, 'decision-rivals');
const RULES = 10_000;
/** Each is measured for so long, in ms, in rounds of which the median counts. */
const ROUND_MS = 150;
const ROUNDS = 7;

const rows = rowsOf(RULES);
const IO = {
  stepwright: 1,
  version: '1.0.0',
  inputs: { n: { type: 'number' }, s: { type: 'string' }, k: { type: 'string' }, m: { type: 'number' } },
} as const;
const EXPRESSION =
  "$input.n > 20 and $input.s in ['berlin', 'paris'] and $input.k = 'pump' and $input.m >= 1";

function ours(): readonly Contestant[] {
  const outputs = { out: { type: ['boolean', 'number'] } };
  const rule: DecisionFile = {
    ...{ ...IO, decision: 'rule', outputs },
    table: {
      hit: 'first',
      rules: [{ when: { n: '> 20', s: ['berlin', 'paris'], k: ['pump'], m: '>= 1' }, give: { out: true } }],
      otherwise: { out: false },
    },
  };
  const table: DecisionFile = {
    ...{ ...IO, decision: 'table', outputs },
    table: {
      hit: 'first',
      rules: rows.map(({ from, to, s, k, out }) => ({
        when: { n: `[${from}..${to})`, s: [s], k: [k], m: '> 0' },
        give: { out },
      })),
      otherwise: { out: -1 },
    },
  };
  const tree: DecisionFile = {
    ...{ ...IO, decision: 'tree', outputs },
    tree: [
      { if: `{% ${EXPRESSION} %}`, give: { out: true } },
      { else: true, give: { out: false } },
    ],
  };
  const [asRule, asTable, asTree] = [rule, table, tree].map((file) => compileDecision(file));
  if (asRule === undefined || asTable === undefined || asTree === undefined) throw new Error('not compiled');
  const out = (answer: Answer | Promise<Answer>): Json | undefined | Promise<never> => {
    if (answer instanceof Promise) throw new Error('this took JSONata');
    return isJsonObject(answer.output) ? answer.output['out'] : undefined;
  };
  return [
    { name: 'plain function', rule: plainRule, table: plainTable },
    {
      name: 'Stepwright, table',
      rule: (asked) => out(decide(asRule, { ...asked })),
      table: (asked) => out(decide(asTable, { ...asked })),
    },
    {
      name: 'Stepwright, tree of an expression',
      rule: (asked) => out(decide(asTree, { ...asked })),
      table: undefined,
    },
    {
      name: 'JSONata 2 (parsed)',
      rule: async (asked) => evaluate(EXPRESSION, { bindings: { input: asked } }),
      table: undefined,
    },
  ];
}

function plainRule({ n, s, k, m }: Asked): boolean {
  return n > 20 && (s === 'berlin' || s === 'paris') && k === 'pump' && m >= 1;
}

function plainTable(asked: Asked): number {
  return rows.find((row) => holds(row, asked))?.out ?? -1;
}

function holds({ from, to, s, k }: Row, asked: Asked): boolean {
  return asked.n >= from && asked.n < to && asked.s === s && asked.k === k && asked.m > 0;
}

async function theirs(): Promise<readonly Contestant[]> {
  if (!existsSync(join(FOLDER, 'node_modules'))) {
    console.error('installing the rivals into bench/decision-rivals/node_modules (once)');
    const { status, stderr } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit'], {
      ...{ cwd: FOLDER, encoding: 'utf8' },
    });
    if (status !== 0) console.error(stderr.trim());
  }
  try {
    const { rivals } = await import(pathToFileURL(join(FOLDER, 'rivals.ts')).href);
    return await rivals(rows);
  } catch (error) {
    console.error(`without rivals: ${error instanceof Error ? error.message : String(error)}`);
    return [];
  }
}

/** Microseconds of one answer: the median of the rounds. */
async function measure(work: (asked: Asked) => unknown, inputs: readonly Asked[]): Promise<number> {
  const rounds: number[] = [];
  for (let nth = 0; nth <= ROUNDS; nth += 1) {
    const start = performance.now();
    let count = 0;
    while (performance.now() - start < ROUND_MS) {
      for (const asked of inputs.slice(0, 32)) {
        const answer = work(asked);
        if (answer instanceof Promise) await answer;
        count += 1;
      }
    }
    // The first round warms up.
    if (nth > 0) rounds.push(((performance.now() - start) * 1_000) / count);
  }
  return rounds.sort((one, other) => one - other)[ROUNDS >> 1] ?? 0;
}

async function sameAnswers(
  all: readonly Contestant[],
  form: 'rule' | 'table',
  inputs: readonly Asked[],
): Promise<void> {
  const right = form === 'rule' ? plainRule : plainTable;
  for (const contestant of all) {
    for (const asked of inputs) {
      const answer = await contestant[form]?.(asked);
      if (contestant[form] !== undefined && answer !== right(asked))
        throw new Error(`${contestant.name} answers ${String(answer)} for ${JSON.stringify(asked)}`);
    }
  }
}

const contestants = [...ours(), ...(await theirs())];
const [ofRule, ofTable] = [inputsOf(200, false), inputsOf(200, true)];
await sameAnswers(contestants, 'rule', ofRule);
await sameAnswers(contestants, 'table', ofTable);
const measured: { name: string; ruleUs: number; tableUs: number | undefined }[] = [];
for (const { name, rule, table } of contestants) {
  const ruleUs = round(await measure(rule, ofRule));
  measured.push({ name, ruleUs, tableUs: table && round(await measure(table, ofTable)) });
}

const report = { date: new Date().toISOString(), machine: thisMachine(), rules: RULES, measured };
writeFileSync(
  join(import.meta.dirname, 'results/decisions.json'),
  `${JSON.stringify(report, undefined, 2)}\n`,
);
const line = (name: string, rule: string, table: string): string =>
  `${name.padEnd(38)}${rule.padEnd(20)}${table}`;
console.log(
  [
    machineLine(report.machine, report.date),
    '',
    line('', 'four conditions', `${RULES} rules`),
    ...measured.map(({ name, ruleUs, tableUs }) =>
      line(name, `${ruleUs} µs`, tableUs === undefined ? '–' : `${tableUs} µs`),
    ),
    line('target', '< 2 µs', '< 1000 µs'),
  ].join('\n'),
);
// A rival keeps the process open.
process.exit(0);

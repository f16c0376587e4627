import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type PlanArguments, planCommand } from '#cli/plan.ts';
import { machineStates } from '#compiler/forecast/machine-states.ts';
import { JsonObjectSchema } from '#core/json.ts';
import { recordingTerminal } from '#support/recording-terminal.ts';

const HERE = import.meta.dirname;
const EXAMPLES = join(HERE, '../../../workflows');
const UPDATE = process.env['UPDATE_GOLDEN'] === '1';

const COUNTS: ReadonlyMap<string, number> = new Map();

const CASES: Readonly<Record<string, PlanArguments>> = {
  'firmware-rollout': {
    file: join(EXAMPLES, 'firmware-rollout.yaml'),
    assume: new Map([['targets', 50]]),
  },
  'dependency-outcomes': { file: join(EXAMPLES, 'dependency-outcomes.yaml'), assume: COUNTS },
  'plant-update': {
    file: join(HERE, 'plant-update.yaml'),
    profile: join(HERE, 'plant-update.profile.json'),
    input: '{"pumps":["p1","p2","p3","p4","p5","p6","p7"]}',
    assume: COUNTS,
  },
  'wide-rollout': { file: join(HERE, 'wide-rollout.yaml'), assume: new Map([['rollout', 900]]) },
  decisions: { file: join(HERE, 'decisions/workflow.yaml'), assume: COUNTS },
  'every-kind': { file: join(HERE, 'every-kind/workflow.yaml'), assume: new Map([['maps', 3]]) },
};

const FORMS = [
  { ending: 'txt', json: false, options: {} },
  { ending: 'json', json: true, options: {} },
  { ending: 'mmd', json: false, options: { mermaid: true } },
  { ending: 'svg', json: false, options: { svg: true } },
] as const;

async function printed(args: PlanArguments, json: boolean): Promise<string> {
  const terminal = recordingTerminal({ json });
  expect(await planCommand(args, terminal)).toBe(0);
  return `${terminal.printed.join('\n')}\n`;
}

describe.each(Object.entries(CASES))('the plan of %s', (name, args) => {
  test.each(FORMS)('is its golden $ending', async ({ ending, json, options }) => {
    const text = await printed({ ...args, ...options }, json);
    const golden = join(HERE, `${name}.plan.${ending}`);
    if (UPDATE) writeFileSync(golden, text);
    expect(existsSync(golden) ? readFileSync(golden, 'utf8') : 'no golden yet: UPDATE_GOLDEN=1').toBe(text);
  });

  test('is no wider than a terminal of 80 columns', async () => {
    const lines = (await printed(args, false)).split('\n');
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });
});

const MACHINES = join(HERE, '../asl');
const machines = readdirSync(MACHINES).filter(
  (file) => file.endsWith('.asl.json') && file !== 'asl.asl.json',
);

test.each(machines)('each state of %s that is no step has a reason', (file) => {
  const definition = JsonObjectSchema.parse(JSON.parse(readFileSync(join(MACHINES, file), 'utf8')));
  const states = machineStates(definition, new Set()).extra;
  const added = states.filter(({ name }) => name.includes(' '));
  expect(added.filter(({ reason }) => reason === "the author's own")).toEqual([]);
});

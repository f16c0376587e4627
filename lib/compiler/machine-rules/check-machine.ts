import type { JsonObject } from '#core/json.ts';
import { textReader } from './expression-names.ts';
import { blocksOf, readMachine } from './machine.ts';
import type { MachineExamination, MachineFinding } from './machine-rule.ts';
import { MACHINE_RULES } from './rules.ts';
import { sitesOf } from './sites.ts';
import { variableFlow } from './variable-flow.ts';

/** All that Step Functions would refuse or fail at in a machine (States Language in JSONata), rule by rule at each part. */
export function checkMachine(definition: JsonObject): readonly MachineFinding[] {
  const findings: MachineFinding[] = [];
  const machine = readMachine(definition);
  const blocks = blocksOf(machine);
  const read = textReader();
  const examination: MachineExamination = {
    flow: variableFlow(blocks, read),
    tell: (finding) => findings.push(finding),
  };
  for (const rule of MACHINE_RULES) {
    rule.machine?.(machine, examination);
    for (const block of blocks) rule.block?.(block, examination);
  }
  for (const state of blocks.flatMap(({ states }) => [...states.values()])) {
    for (const rule of MACHINE_RULES) rule.state?.(state, examination);
    for (const site of sitesOf(state, read)) for (const rule of MACHINE_RULES) rule.text?.(site, examination);
  }
  return findings;
}

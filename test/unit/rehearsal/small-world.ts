import type { CompiledWorkflow } from '#compiler/compiled-workflow.ts';
import { Source } from '#definition/source.ts';
import { readFleet } from '#devices/simulator/read-fleet.ts';
import { NO_FAULTS } from '#rehearsal/faults.ts';
import type { Rehearsed } from '#rehearsal/rehearse.ts';
import { compileText } from '#support/compile-text.ts';

const FLEET = `
stepwright: 1
fleet: small
devices:
  - { id: pump, reported: { firmware: 1.0.0, valve: shut } }
  - { id: gate, reported: { open: false } }
behaviour:
  latency: 10ms
  commands:
    install: { sets: { firmware: "{% $with.release %}" } }
    open: { sets: { open: true } }
    shut: { sets: { open: false } }
    probe: { result: { ok: true } }
`;

/** A pump and a gate, and a workflow on them given by its steps. */
export function smallWorld(steps: string, part: Partial<Rehearsed> = {}): Rehearsed {
  const { fleet } = readFleet(Source.parse('fleet.yaml', FLEET));
  if (fleet === undefined) throw new Error('the fleet of the test is wrong');
  const workflows: readonly [CompiledWorkflow] = [compileText(`steps:\n${steps}`)];
  return {
    ...{ workflows, fleet, catalogue: undefined, input: {}, faults: NO_FAULTS, injections: [], answers: [] },
    ...part,
  };
}

/** Opens the gate, then installs on the pump, then looks; both can be undone. */
export const SAGA = `
  - { id: way, command: open, device: gate, compensate: { command: shut } }
  - id: flash
    command: install
    device: pump
    with: { release: 2.0.0 }
    timeout: 20s
    compensate: { command: install, with: { release: "{% $target.reported.firmware %}" } }
  - { id: check, command: probe, device: pump, timeout: 20s }
`;

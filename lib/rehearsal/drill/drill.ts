import type { CompiledStep, CompiledWorkflow } from '#compiler/compiled-workflow.ts';
import type { Injection } from '#definition/rehearsal/test-file.ts';
import { NO_FAULTS } from '../faults.ts';
import { type Rehearsed, rehearse } from '../rehearse.ts';
import { failAfter } from './fail-after.ts';
import { type Proof, proofOf, undoOf } from './proof.ts';

/** What happens to the undo in each exercise. */
export const EXERCISES = ['undo works', 'undo fails once', 'its answer is lost', 'engine dies'] as const;

/** What happens to the undo in an exercise. */
export type Exercise = (typeof EXERCISES)[number];

/** What was found of the undo of one step. */
export interface DrilledStep {
  readonly step: string;
  /** The command that undoes it; undefined where it was never reached. */
  readonly undo: string | undefined;
  readonly isProven: boolean;
  readonly proofs: readonly { readonly exercise: Exercise; readonly proof: Proof }[];
  /** Why it is not proven. */
  readonly reason?: string;
}

/** A way to run a workflow, such as a case of its tests. */
export interface Scenario {
  readonly name: string;
  readonly rehearsed: Rehearsed;
}

const SEED = 1;

/** Lets a workflow fail after each step that can be undone, in simulation, and tells what the undo has put back. */
export async function drillWorkflow(
  compiled: CompiledWorkflow,
  scenarios: readonly Scenario[],
): Promise<readonly DrilledStep[]> {
  const drilled: DrilledStep[] = [];
  for (const step of compiled.steps) {
    if (step.compensates) drilled.push(await drillStep(step, bothWays(scenarios)));
  }
  return drilled;
}

/** Each without what goes wrong in it, then with it: some steps are only reached when something does. */
function bothWays(scenarios: readonly Scenario[]): readonly Scenario[] {
  const calm = scenarios.map(({ name, rehearsed }) => ({
    name,
    rehearsed: { ...rehearsed, faults: NO_FAULTS, injections: [] },
  }));
  const rough = scenarios.filter(({ rehearsed }) => rehearsed.injections.length > 0);
  return [...calm, ...rough];
}

async function drillStep(step: CompiledStep, scenarios: readonly Scenario[]): Promise<DrilledStep> {
  let reason = 'no test and no --input tells how to run the workflow';
  for (const { rehearsed } of scenarios) {
    const found = await exercise(step, rehearsed);
    if (found.kind === 'reached') return found.drilled;
    reason = found.reason;
  }
  return { step: step.id, undo: undefined, isProven: false, proofs: [], reason: `never reached: ${reason}` };
}

type Exercised =
  | { readonly kind: 'reached'; readonly drilled: DrilledStep }
  | { readonly kind: 'not reached'; readonly reason: string };

async function exercise(step: CompiledStep, rehearsed: Rehearsed): Promise<Exercised> {
  const proofs: { exercise: Exercise; proof: Proof }[] = [];
  let undo: string | undefined;
  for (const each of EXERCISES) {
    const { proof, undo: found } = await proofBy(step, rehearsed, each);
    if (proof.kind === 'not reached') return { kind: 'not reached', reason: proof.reason };
    undo ??= found;
    proofs.push({ exercise: each, proof });
  }
  const failed = proofs.find(({ proof }) => proof.kind === 'failed');
  const reason =
    failed?.proof.kind === 'failed' ? { reason: `${failed.exercise}: ${failed.proof.reason}` } : {};
  const drilled = { step: step.id, undo, isProven: failed === undefined, proofs, ...reason };
  return { kind: 'reached', drilled };
}

/** Lets it fail by a state of its own; where that failure is caught, it is stopped instead. */
async function proofBy(
  step: CompiledStep,
  rehearsed: Rehearsed,
  each: Exercise,
): Promise<{ readonly proof: Proof; readonly undo: string | undefined }> {
  const [compiled, ...called] = rehearsed.workflows;
  const injections = [...rehearsed.injections, ...injectionsOf(each, step)];
  const failing: Rehearsed = {
    ...rehearsed,
    workflows: [failAfter(compiled, step.state), ...called],
    injections,
  };
  const run = await rehearse(failing, SEED);
  const proof = proofOf(run, step.id);
  if (proof.kind === 'proven' || run.status !== 'SUCCEEDED') return { proof, undo: undoOf(run, step.id) };
  const stopping = { ...rehearsed, injections: [...injections, { stop: { after: step.state } }] };
  const stopped = await rehearse(stopping, SEED);
  return { proof: proofOf(stopped, step.id), undo: undoOf(stopped, step.id) };
}

function injectionsOf(each: Exercise, { id: step, kind }: CompiledStep): readonly Injection[] {
  switch (each) {
    case 'undo works':
      return [];
    case 'undo fails once':
      return [{ undoFails: { step } }];
    case 'its answer is lost':
      return [{ undoLost: { step } }];
    case 'engine dies':
      // The state of the unwind machine in which an undo is done.
      return [{ crash: { after: kind === 'http' ? 'undo call' : 'undo' } }];
  }
}

import { compileOptions } from '#compiler/compile-options.ts';
import { planOf } from '#compiler/forecast/plan.ts';
import { planMermaid } from '#compiler/forecast/plan-mermaid.ts';
import { planSvg } from '#compiler/forecast/plan-svg.ts';
import { StepwrightError } from '#core/error.ts';
import type { Json } from '#core/json.ts';
import type { Workflow } from '#definition/model.ts';
import { checkInput } from '#executions/input.ts';
import { loadValidWorkflow } from './load.ts';
import type { ExitCode } from './print-fault.ts';
import { planLines } from './print-plan.ts';
import { readInput } from './read-input.ts';
import { readProfile } from './read-profile.ts';
import { printJson, type Terminal } from './terminal.ts';

/** What `stepwright plan` was called with. */
export interface PlanArguments {
  readonly file: string;
  readonly input?: string;
  readonly profile?: string;
  /** Counts by step. */
  readonly assume: ReadonlyMap<string, number>;
  readonly mermaid?: boolean;
  readonly svg?: boolean;
}

/** `stepwright plan`: tells what a run of a workflow will do, take and cost. Exit code 1 when it goes over a limit. */
export async function planCommand(args: PlanArguments, terminal: Terminal): Promise<ExitCode> {
  const { workflow, project } = loadValidWorkflow(args.file, terminal);
  const profile = args.profile === undefined ? undefined : readProfile(args.profile);
  const plan = await planOf(workflow, {
    ...compileOptions(workflow, project),
    catalogue: project.catalogue,
    input: await inputFor(workflow, args.input),
    counts: args.assume,
    ...(profile === undefined ? {} : { profile }),
  });
  refuseUnknown(
    args.assume,
    plan.assumptions.map(({ step }) => step),
  );
  if (args.svg) terminal.print(planSvg(plan));
  else if (args.mermaid) terminal.print(planMermaid(workflow, plan));
  else if (terminal.json) printJson(terminal, plan);
  else for (const line of planLines(plan, terminal)) terminal.print(line);
  return plan.limits.some(({ isExceeded }) => isExceeded) ? 1 : 0;
}

async function inputFor(workflow: Workflow, text: string | undefined): Promise<Json | undefined> {
  if (text === undefined) return undefined;
  return checkInput(`${workflow.name} ${workflow.version}`, workflow.inputSchema, await readInput(text));
}

/** Throws SW3023 for a count of a step that counts nothing. */
function refuseUnknown(counts: ReadonlyMap<string, number>, known: readonly string[]): void {
  const wrong = [...counts.keys()].find((step) => !known.includes(step));
  if (wrong === undefined) return;
  throw new StepwrightError({
    code: 'SW3023',
    kind: 'invalid',
    message: `nothing is assumed of "${wrong}"`,
    hint:
      known.length === 0
        ? 'the workflow has no forEach, while or devices step'
        : `counts are assumed of ${known.join(', ')}`,
  });
}

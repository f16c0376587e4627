import { compileWorkflow } from '#compiler/compile.ts';
import { planOf } from '#compiler/forecast/plan.ts';
import { planSvg } from '#compiler/forecast/plan-svg.ts';
import { NO_PROJECT } from '#definition/project.ts';
import { Source } from '#definition/source.ts';
import { validateWorkflow } from '#validation/validate.ts';

/** What a page that edits workflows asks for: the whole way from a text to its plan, as JSON. */
export async function wholeWay(text: string, input: string): Promise<string> {
  const { workflow, diagnostics } = validateWorkflow(Source.parse('page.yaml', text), NO_PROJECT);
  if (workflow === undefined) return JSON.stringify({ diagnostics });
  const plan = await planOf(workflow, { input: JSON.parse(input), catalogue: undefined, counts: new Map() });
  return JSON.stringify({ diagnostics, machine: compileWorkflow(workflow), plan, svg: planSvg(plan) });
}

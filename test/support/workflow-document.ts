import type { Json, JsonObject } from '#core/json.ts';
import { JsonObjectSchema } from '#core/json.ts';
import type { CatchClause, Step, Workflow } from '#definition/model.ts';
import type { Need } from '#definition/step-parts.ts';

/** The document that a workflow of `anyWorkflow` would be read from. */
export function documentOf({ name, version, steps }: Workflow): JsonObject {
  return plain({ stepwright: 1, name, version, steps: steps.map(stepDocument) });
}

function stepDocument(step: Step): Json {
  return plain({
    id: step.id,
    if: step.if === undefined ? undefined : `{% ${step.if} %}`,
    needs: step.needs?.map(needText),
    timeout: 'steps' in step || step.kind === 'parallel' ? timeoutText(step) : undefined,
    catch: 'catch' in step ? step.catch?.map(clauseDocument) : undefined,
    ...kindDocument(step),
  });
}

function kindDocument(step: Step): object {
  switch (step.kind) {
    case 'command':
      return { command: step.command, device: step.device, with: step.with };
    case 'choose':
      return {
        choose: step.branches.map((branch) => ({
          ...(branch.if === undefined ? { else: true } : { if: `{% ${branch.if} %}` }),
          steps: branch.steps.map(stepDocument),
        })),
      };
    case 'parallel': {
      const branches = Object.entries(step.branches).map(([name, list]) => [name, list.map(stepDocument)]);
      return { parallel: Object.fromEntries(branches) };
    }
    case 'set':
      return { set: step.values };
    case 'lock':
      return { lock: { pools: step.pools, steps: step.steps.map(stepDocument) } };
    case 'while':
      return {
        ...{ while: `{% ${step.condition} %}`, maxIterations: step.maxIterations },
        steps: step.steps.map(stepDocument),
      };
    case 'forEach':
      return { forEach: `{% ${step.items} %}`, as: step.as, steps: step.steps.map(stepDocument) };
    default:
      throw new Error(`no step of kind ${step.kind} is drawn`);
  }
}

function timeoutText({
  kind,
  timeoutMs,
}: Extract<Step, { timeoutMs: number | undefined }>): string | undefined {
  return timeoutMs === undefined || kind === 'lock' ? undefined : `${timeoutMs}ms`;
}

function clauseDocument({ steps }: CatchClause): object {
  return steps.length === 0 ? {} : { steps: steps.map(stepDocument) };
}

function needText({ step, outcome }: Need): string {
  return outcome === 'succeeded' ? step : `${step}.${outcome}`;
}

/** Without the fields that are undefined. */
function plain(value: object): JsonObject {
  return JsonObjectSchema.parse(JSON.parse(JSON.stringify(value)));
}

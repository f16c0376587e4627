import { calleesOf } from '#definition/pin-versions.ts';
import type { SourcedWorkflow } from '#validation/sourced-workflow.ts';

/** Workflows in an order in which each can be published: those that it calls come before it. */
export function publishOrder(workflows: readonly SourcedWorkflow[]): readonly SourcedWorkflow[] {
  const byName = Map.groupBy(workflows, ({ workflow }) => workflow.name);
  const ordered = new Set<SourcedWorkflow>();
  const begun = new Set<SourcedWorkflow>();
  const add = (each: SourcedWorkflow): void => {
    if (begun.has(each)) return;
    begun.add(each);
    for (const { workflow: called } of calleesOf(each.workflow)) byName.get(called)?.forEach(add);
    ordered.add(each);
  };
  workflows.forEach(add);
  return [...ordered];
}

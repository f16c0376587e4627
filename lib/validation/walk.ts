import { type DocumentPath, valueAt } from '#definition/document-path.ts';
import type { CommandStep } from '#definition/model.ts';
import { readExpression } from '#expression/delimiters.ts';
import { ExpressionSyntaxError } from '#expression/parse.ts';
import { meaningOf } from './names.ts';
import type { CommandUse, Examination, ExpressionSite, Rule } from './rule.ts';
import { type Site, sitesOf, WORKFLOW_SITES } from './sites.ts';
import { listsOf, nodesOf, type StepNode } from './step-tree.ts';
import { parsedOrError, textsIn } from './texts.ts';

/** Goes over a workflow once and calls each rule at each of its parts. */
export function walk(rules: readonly Rule[], examination: Examination): void {
  const { tree } = examination.subject;
  for (const rule of rules) rule.workflow?.(examination);
  for (const list of listsOf(tree)) for (const rule of rules) rule.list?.(list, examination);
  for (const node of nodesOf(tree)) {
    if (examination.report.isFull) return;
    visitStep(node, rules, examination);
  }
  for (const site of WORKFLOW_SITES) visitSite(site, rules, examination);
}

function visitStep(node: StepNode, rules: readonly Rule[], examination: Examination): void {
  for (const rule of rules) rule.step?.(node, examination);
  for (const use of commandUses(node, examination))
    for (const rule of rules) rule.command?.(use, examination);
  for (const site of sitesOf(node)) visitSite(site, rules, examination);
}

function commandUses({ step, path }: StepNode, { subject }: Examination): CommandUse[] {
  if (step.kind !== 'command') return [];
  const own = [{ name: step.command, arguments: step.with, path }, ...alternativeUses(step, path)];
  const { compensate, verify } = step;
  if (compensate === undefined) return own;
  const undo = { name: compensate.command, arguments: compensate.with, path: [...path, 'compensate'] };
  const at = [...path, 'compensate', 'verify'];
  // The catalogue's own is checked with the catalogue.
  const isOwn = verify?.command !== undefined && valueAt(subject.source.value, at) !== undefined;
  return isOwn ? [...own, undo, { name: verify.command, arguments: verify.with, path: at }] : [...own, undo];
}

/** The commands of the alternatives that send another, or the same with other arguments. */
function alternativeUses({ command, on }: CommandStep, path: DocumentPath): CommandUse[] {
  return (on?.fallback ?? []).flatMap((each, index) => {
    if (each.command === undefined && each.with === undefined) return [];
    const use = { name: each.command ?? command, arguments: each.with ?? {} };
    return [{ ...use, path: [...path, 'on', 'fallback', index] }];
  });
}

function visitSite(site: Site, rules: readonly Rule[], examination: Examination): void {
  for (const [path, value] of textsIn(valueAt(examination.subject.source.value, site.path), site.path)) {
    if (examination.report.isFull) return;
    const expression = site.kind === 'where' ? { text: value, offset: 0 } : readExpression(value);
    if (expression === undefined) for (const rule of rules) rule.text?.({ value, path }, examination);
    else visitExpression({ ...site, ...expression, path }, rules, examination);
  }
}

function visitExpression(site: ExpressionSite, rules: readonly Rule[], examination: Examination): void {
  const parsed = parsedOrError(site.text);
  if (parsed instanceof ExpressionSyntaxError) {
    for (const rule of rules) rule.malformed?.(parsed, site, examination);
    return;
  }
  const parsedSite = { ...site, parsed };
  for (const rule of rules) rule.expression?.(parsedSite, examination);
  for (const variable of parsed.variables) {
    const meaning = meaningOf(variable.name, site, examination.subject);
    for (const rule of rules) rule.reading?.({ variable, meaning, site: parsedSite }, examination);
  }
}

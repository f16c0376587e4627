import { assertNever } from '#core/assert-never.ts';
import type { DocumentPath } from '#definition/document-path.ts';
import type { StepNode } from './step-tree.ts';

/**
 * Which names an expression sees besides those of every expression: `arguments` and `compensation` see `$target`,
 * `expect` sees `$result`, and in `where` plain names are fields of a device.
 */
export type SiteKind = 'plain' | 'arguments' | 'compensation' | 'expect' | 'where' | 'output';

/** A part of a workflow that may hold expressions. */
export interface Site {
  readonly path: DocumentPath;
  readonly kind: SiteKind;
  /** The step that it is of; undefined for the workflow's own output. */
  readonly node: StepNode | undefined;
}

/** The parts of a step that may hold expressions, without those of the steps inside it. */
export function sitesOf(node: StepNode): Site[] {
  const own: Relative[] = [['plain', 'if'], ...kindSites(node)];
  return own.map(([kind, ...keys]) => ({ kind, path: [...node.path, ...keys], node }));
}

type Relative = readonly [SiteKind, ...(string | number)[]];

function kindSites({ step }: StepNode): Relative[] {
  switch (step.kind) {
    case 'command':
      return [
        ['plain', 'device'],
        ['arguments', 'with'],
        ['expect', 'expect'],
        ['plain', 'compensate', 'device'],
        ['compensation', 'compensate', 'with'],
      ];
    case 'devices':
      return [['where', 'devices', 'where']];
    case 'choose':
      return step.branches.map((_, index) => ['plain', 'choose', index, 'if']);
    case 'parallel':
      return [];
    case 'forEach':
      return [['plain', 'forEach']];
    case 'wait':
      return [['plain', 'wait']];
    case 'set':
      return [['plain', 'set']];
    case 'succeed':
      return [['plain', 'succeed']];
    case 'fail':
      return [['plain', 'fail']];
    default:
      return assertNever(step);
  }
}

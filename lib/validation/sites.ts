import { assertNever } from '#core/assert-never.ts';
import type { ForEachStep } from '#definition/block-steps.ts';
import type { DocumentPath } from '#definition/document-path.ts';
import { STATE_BLOCKS } from '#definition/kinds/asl.ts';
import type { Routing } from '#definition/step-parts.ts';
import type { StepNode } from './step-tree.ts';

/**
 * Which names an expression sees besides those of every expression: `arguments` sees `$target`, `compensation` that and
 * `$with`, `verification` both and `$result`, `result` sees `$result`, `event` sees `$event`, `states` sees `$states`, `loop` sees what
 * the loop has done so far, and in `where` plain names are fields of a device; `health` sees `$result`, what a rollout has come to,
 * and `pace` the item of the step's own iterations. At `start` there is nothing but the input.
 */
export type SiteKind =
  | 'plain'
  | 'arguments'
  | 'compensation'
  | 'verification'
  | 'result'
  | 'event'
  | 'states'
  | 'loop'
  | 'where'
  | 'health'
  | 'pace'
  | 'start';

/** A part of a workflow that may hold expressions. */
export interface Site {
  readonly path: DocumentPath;
  readonly kind: SiteKind;
  /** The step that it is of; undefined for the workflow's own parts. */
  readonly node: StepNode | undefined;
}

/** The parts of a workflow that may hold expressions, without those of its steps. */
export const WORKFLOW_SITES: readonly Site[] = [
  { kind: 'start', path: ['concurrency', 'group'], node: undefined },
  { kind: 'plain', path: ['output'], node: undefined },
];

/** The parts of a step that may hold expressions, without those of the steps inside it. */
export function sitesOf(node: StepNode): Site[] {
  const work: Relative[] = [
    ['plain', 'uses'],
    ['result', 'output'],
    ['plain', 'cache', 'key'],
  ];
  const own: Relative[] = [['plain', 'if'], ...kindSites(node), ...('output' in node.step ? work : [])];
  return own.map(([kind, ...keys]) => ({ kind, path: [...node.path, ...keys], node }));
}

type Relative = readonly [SiteKind, ...(string | number)[]];

function kindSites({ step }: StepNode): Relative[] {
  switch (step.kind) {
    case 'command':
      return [
        ['plain', 'device'],
        ...routingSites(step.on),
        ['arguments', 'with'],
        ['result', 'expect'],
        ['plain', 'compensate', 'device'],
        ['compensation', 'compensate', 'with'],
        ['compensation', 'compensate', 'verify', 'with'],
        ['verification', 'compensate', 'verify', 'expect'],
      ];
    case 'devices':
      return [
        ['where', 'devices', 'where'],
        ['plain', 'devices', 'zone'],
      ];
    case 'choose':
      return step.branches.map((_, index) => ['plain', 'choose', index, 'if']);
    case 'parallel':
      return [];
    case 'forEach':
      return [
        ['plain', 'forEach'],
        ...waveSites(step),
        ['health', 'betweenWaves', 'health', 'until'],
        ['pace', 'window', 'timezone'],
        ['pace', 'rate'],
        ['where', 'watch', 'devices', 'where'],
        ['plain', 'watch', 'devices', 'zone'],
        ['plain', 'tolerate'],
      ];
    case 'while':
      return [['loop', 'while']];
    case 'wait':
      return [['plain', 'wait']];
    case 'event':
      return [
        ['plain', 'wait', 'event', 'name'],
        ['event', 'wait', 'event', 'where'],
      ];
    case 'approve':
      return [['plain', 'approve']];
    case 'workflow':
      return [
        ['plain', 'workflow', 'input'],
        ['result', 'compensate', 'workflow', 'input'],
      ];
    case 'decide':
      return [['plain', 'decide', 'input']];
    case 'http':
      return [
        ['plain', 'http'],
        ['result', 'expect'],
        ['result', 'compensate', 'http'],
        ['plain', 'compensate', 'verify', 'http'],
        ['result', 'compensate', 'verify', 'expect'],
      ];
    case 'notify':
      return [['plain', 'notify']];
    case 'lock':
      return [
        ['plain', 'lock', 'pools'],
        ['plain', 'lock', 'key'],
      ];
    case 'asl':
      return Object.keys(step.state)
        .filter((field) => !STATE_BLOCKS.includes(field))
        .map((field) => ['states', 'asl', field]);
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

function routingSites(on: Routing | undefined): Relative[] {
  if (on === undefined) return [];
  const parts: (string | number)[][] = [
    [],
    ...on.prefers.map((_, index) => ['prefers', index]),
    ...on.fallback.map((_, index) => ['fallback', index]),
  ];
  const inParts = parts.flatMap((part): Relative[] => [
    ...['zone', 'near', 'tags', 'device'].map((field): Relative => ['plain', 'on', ...part, field]),
    ['where', 'on', ...part, 'where'],
    ['arguments', 'on', ...part, 'with'],
  ]);
  return [...inParts, ['plain', 'on', 'exclude'], ['plain', 'on', 'key'], ['where', 'on', 'weight']];
}

/** The waves of a forEach that an expression sizes or chooses. */
function waveSites({ waves }: ForEachStep): Relative[] {
  return (waves?.sizes ?? []).flatMap((_, index): Relative[] => [
    ['plain', 'waves', index, 'count'],
    ['where', 'waves', index, 'where'],
    ['plain', 'waves', index, 'tolerate'],
  ]);
}

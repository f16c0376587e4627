import type { DocumentPath } from '#definition/document-path.ts';
import type { StepNode } from './step-tree.ts';

/** Capabilities that a step requires of devices, with the ranges of their versions, and where that stands. */
export interface Requirement {
  readonly requires: Readonly<Record<string, string>>;
  readonly path: DocumentPath;
}

/** What a step requires of the devices that it selects, or from which it chooses one. */
export function requirementsOf({ step, path }: StepNode): readonly Requirement[] {
  if (step.kind === 'devices') return [{ requires: step.requires, path: [...path, 'devices', 'requires'] }];
  if (step.kind !== 'command' || step.on === undefined) return [];
  const { on } = step;
  const parts = [
    { ...on, at: [] },
    ...on.prefers.map((part, index) => ({ ...part, at: ['prefers', index] })),
    ...on.fallback.map((part, index) => ({ ...part, at: ['fallback', index] })),
  ];
  return parts.map(({ requires = {}, at }) => ({ requires, path: [...path, 'on', ...at, 'requires'] }));
}

import semver from 'semver';
import type { Concurrency, Workflow } from '../model.ts';
import { breaking, type Change, COMPATIBLE, unsure, type Verdict } from './change.ts';
import { diffInput } from './diff-input.ts';
import { diffOutput } from './diff-output.ts';
import { diffSteps } from './diff-steps.ts';
import { leastVersion } from './least-version.ts';
import { partChanges } from './part-changes.ts';
import { judgeTimeout } from './part-verdicts.ts';

/** Which workflow, and which version of it. */
export type WorkflowIdentity = Pick<Workflow, 'name' | 'version'>;

/** What has changed between two versions of a workflow. */
export interface WorkflowDiff {
  readonly before: WorkflowIdentity;
  readonly after: WorkflowIdentity;
  readonly isBreaking: boolean;
  /** The version that the later one should have at least; undefined where its own is high enough. */
  readonly leastVersion: string | undefined;
  /** Of the workflow as a whole, its input, its steps, its output. */
  readonly changes: readonly Change[];
}

/** Compares two versions of a workflow, and tells of each change what it is to those who rely on the earlier one. */
export function diffWorkflows(before: Workflow, after: Workflow): WorkflowDiff {
  const changes = [
    ...diffWhole(before, after),
    ...diffInput(before.inputSchema, after.inputSchema),
    ...diffSteps(before, after),
    ...diffOutput(before, after),
  ];
  const least = leastVersion(before.version, changes);
  return {
    before: identityOf(before),
    after: identityOf(after),
    isBreaking: changes.some(({ impact }) => impact === 'breaking'),
    leastVersion: least !== undefined && isLower(after.version, least) ? least : undefined,
    changes,
  };
}

function identityOf({ name, version }: Workflow): WorkflowIdentity {
  return { name, version };
}

function isLower(version: string, least: string): boolean {
  return semver.valid(version) !== null && semver.lt(version, least);
}

function diffWhole(before: Workflow, after: Workflow): readonly Change[] {
  return partChanges(partsOf(before), partsOf(after)).map(({ key, label, text }) => ({
    part: 'workflow',
    what: 'changed',
    of: label,
    text,
    ...verdictOf(key, before, after),
  }));
}

function partsOf({ name, description, timeoutMs, concurrency }: Workflow): Readonly<Record<string, unknown>> {
  return { name, description, timeoutMs, concurrency };
}

function verdictOf(key: string, before: Workflow, after: Workflow): Verdict {
  if (key === 'name') return breaking(`callers of ${before.name} do not find it`);
  if (key === 'timeoutMs') return judgeTimeout(before.timeoutMs, after.timeoutMs);
  return key === 'concurrency' ? judgeConcurrency(before.concurrency, after.concurrency) : COMPATIBLE;
}

function judgeConcurrency(before: Concurrency | undefined, after: Concurrency | undefined): Verdict {
  if (after === undefined) return COMPATIBLE;
  if (after.overflow !== before?.overflow && after.overflow === 'reject')
    return breaking('executions that would have run, or waited, are refused');
  if (after.overflow !== before?.overflow && after.overflow === 'replace')
    return breaking('an execution may be stopped to make room for another');
  const isNarrower = before === undefined || after.max < before.max || after.group !== before.group;
  return isNarrower ? unsure('executions may wait that would have run') : COMPATIBLE;
}

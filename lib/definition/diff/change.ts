/**
 * What a change is to those who rely on a workflow: who calls it, reads its output, signals to it, or counts on its undo.
 * `unsure` is for a person to look at: it cannot be told from the two files.
 */
export type Impact = 'breaking' | 'unsure' | 'compatible';

/** One difference between two versions of a workflow, in words. */
export interface Change {
  /** What it is a part of. */
  readonly part: 'workflow' | 'input' | 'steps' | 'output';
  readonly what: 'added' | 'removed' | 'changed' | 'moved';
  /** Id of a step, path of a field of the input or output such as `sites[].name`, or key of the workflow. */
  readonly of: string;
  /** What has changed, such as `timeout: 60s → 30s`. */
  readonly text: string;
  readonly impact: Impact;
  /** Why it has this impact; undefined where it is compatible. */
  readonly why?: string;
}

/** What a change is to others, and why, as a part of it. */
export type Verdict = Pick<Change, 'impact' | 'why'>;

/** Nobody notices, or only that there is more. */
export const COMPATIBLE: Verdict = { impact: 'compatible' };

/** Somebody who relied on it cannot any more. */
export function breaking(why: string): Verdict {
  return { impact: 'breaking', why };
}

/** It depends on what cannot be seen. */
export function unsure(why: string): Verdict {
  return { impact: 'unsure', why };
}

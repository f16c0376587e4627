import { breaking, COMPATIBLE, unsure, type Verdict } from './change.ts';
import { durationWords } from './words.ts';

/** Says what it is to others that a part of a step has changed, given the whole part before and after. */
type PartJudge = (before: unknown, after: unknown) => Verdict;

const OTHER_VALUE = unsure('its value may be another for those who read it');

/** Parts of steps that others rely on. Of all else, only the workflow itself knows. */
const JUDGES: Readonly<Record<string, PartJudge>> = {
  timeoutMs: judgeTimeout,
  compensate: judgeUndo,
  onExceeded: (before) =>
    before === 'rollback' ? unsure('what fails here may not be undone any more') : COMPATIBLE,
  event: (before) => breaking(`signals of ${String(before)} are not heard any more`),
  where: () => unsure('others may match than before'),
  error: (before) => breaking(`callers that catch ${String(before)} do not catch this`),
  output: () => OTHER_VALUE,
  await: () => OTHER_VALUE,
  parallel: judgeBranches,
  values: judgeVariables,
};

/** What a change of a part of a step is to others. */
export function verdictOfPart(key: string, before: unknown, after: unknown): Verdict {
  return JUDGES[key]?.(before, after) ?? COMPATIBLE;
}

/** What a change of a timeout, in ms, is to others; undefined is none. */
export function judgeTimeout(before: unknown, after: unknown): Verdict {
  if (typeof after !== 'number' || (typeof before === 'number' && before <= after)) return COMPATIBLE;
  return unsure(`what takes longer than ${durationWords(after)} fails now`);
}

function judgeUndo(before: unknown, after: unknown): Verdict {
  if (after === undefined) return breaking('what it does is not undone any more when a later step fails');
  return before === undefined ? COMPATIBLE : unsure('it is undone otherwise');
}

/** What a parallel step gives has a field for each branch. */
function judgeBranches(before: unknown, after: unknown): Verdict {
  return isAmong(listOf(before), listOf(after)) ? COMPATIBLE : OTHER_VALUE;
}

/** What a step that sets variables gives has a field for each. */
function judgeVariables(before: unknown, after: unknown): Verdict {
  return isAmong(Object.keys(Object(before)), Object.keys(Object(after))) ? COMPATIBLE : OTHER_VALUE;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isAmong(some: readonly unknown[], all: readonly unknown[]): boolean {
  return some.every((one) => all.includes(one));
}

import type { Workflow } from '../model.ts';
import { breaking, type Change, COMPATIBLE, unsure } from './change.ts';
import { type OutputShape, outputShape } from './output-shape.ts';

/** What has changed of the output that a workflow gives. */
export function diffOutput(before: Workflow, after: Workflow): readonly Change[] {
  return diffShape('', outputShape(before), outputShape(after));
}

function diffShape(of: string, before: OutputShape, after: OutputShape): readonly Change[] {
  if (before.kind === 'object' && after.kind === 'object') return diffFields(of, before.fields, after.fields);
  if (before.kind === 'value' && after.kind === 'value' && before.text === after.text) return [];
  const why =
    before.kind === after.kind
      ? 'its value may be another for those who read it'
      : 'which fields it has cannot be told for both';
  return [{ part: 'output', what: 'changed', of, text: 'comes of another expression', ...unsure(why) }];
}

function diffFields(
  path: string,
  before: ReadonlyMap<string, OutputShape>,
  after: ReadonlyMap<string, OutputShape>,
): readonly Change[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((name): readonly Change[] => {
    const of = path === '' ? name : `${path}.${name}`;
    const [was, is] = [before.get(name), after.get(name)];
    if (was === undefined) return [{ part: 'output', what: 'added', of, text: 'added', ...COMPATIBLE }];
    if (is !== undefined) return diffShape(of, was, is);
    const verdict = breaking('callers that read it find nothing');
    return [{ part: 'output', what: 'removed', of, text: 'removed', ...verdict }];
  });
}

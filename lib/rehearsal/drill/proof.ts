import type { JsonObject } from '#core/json.ts';
import type { HttpDoing } from '#executions/http-call.ts';
import { readCommandId } from '../command-id.ts';
import type { CarriedOut } from '../device-line.ts';
import { idOf } from '../pattern.ts';
import type { Rehearsal } from '../rehearse.ts';

/** What a run proves of the undo of a step. */
export type Proof =
  | { readonly kind: 'proven' /** Devices, or services, that were put back. */; readonly devices: number }
  /** The step did nothing that could be undone. */
  | { readonly kind: 'not reached'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string };

/** Whether all that a step did on devices was undone, and each is as it was. */
export function proofOf(run: Rehearsal, step: string): Proof {
  const calls = run.https.filter(({ path, status }) => idOf(path) === step && status === 'DONE');
  if (calls.length > 0) return proofOfCalls(run, calls);
  const done = run.carriedOut.filter((one) => isEffectOf(one, step, run));
  if (done.length === 0) return { kind: 'not reached', reason: `"${step}" did nothing: ${endOf(run)}` };
  const violation = run.violations[0];
  if (violation !== undefined) return { kind: 'failed', reason: violation.text };
  const first = [...Map.groupBy(done, ({ device }) => device).values()].flatMap(([one]) => one ?? []);
  for (const one of first) {
    const reason = whyNotUndone(one, done, run) ?? whyNotRestored(one, run);
    if (reason !== undefined) return { kind: 'failed', reason };
  }
  return { kind: 'proven', devices: first.length };
}

/** Of what a call did, only its service knows whether it is undone: the proof is that it took the call that undoes it. */
function proofOfCalls(run: Rehearsal, calls: readonly HttpDoing[]): Proof {
  const [violation] = run.violations;
  if (violation !== undefined) return { kind: 'failed', reason: violation.text };
  const left = calls.find(({ undoneAt }) => undoneAt === undefined);
  if (left === undefined) {
    return { kind: 'proven', devices: new Set(calls.map(({ service }) => service)).size };
  }
  const { service, undoError } = left;
  if (undoError !== undefined) {
    return { kind: 'failed', reason: `the undo at ${service} was given up: ${undoError}` };
  }
  return { kind: 'failed', reason: `${service} was called, and that was not undone: ${endOf(run)}` };
}

/** How the undo of a step is done, from the record of its command or call. */
export function undoOf(run: Rehearsal, step: string): string | undefined {
  const undo = run.https.find(({ path }) => idOf(path) === step)?.undo;
  if (undo !== undefined) return `${undo.method} ${undo.url}`;
  const command = run.commands.find(
    ({ path, compensate }) => compensate !== undefined && idOf(path ?? '') === step,
  );
  return command?.compensate?.command;
}

function isEffectOf({ id, changes }: CarriedOut, step: string, { commands }: Rehearsal): boolean {
  const { path, kind } = readCommandId(id);
  if (kind !== 'step' || changes === undefined || idOf(path) !== step) return false;
  return commands.find((one) => one.id === id)?.compensate !== undefined;
}

function whyNotUndone(
  { device }: CarriedOut,
  done: readonly CarriedOut[],
  run: Rehearsal,
): string | undefined {
  const undone = new Set(
    run.commands.flatMap(({ id, undoes }) =>
      undoes !== undefined && run.carriedOut.some((one) => one.id === id && one.changes !== undefined)
        ? [undoes]
        : [],
    ),
  );
  const left = done.find((one) => one.device === device && !undone.has(one.id));
  if (left === undefined) return undefined;
  const record = run.commands.find(({ id }) => id === left.id);
  if (record?.undoError !== undefined) return `the undo on ${device} was given up: ${record.undoError}`;
  return `${device} did ${left.command}, and it was not undone: ${endOf(run)}`;
}

/** Where all was undone, devices are as in the beginning; where an iteration was, as they were before it. */
function whyNotRestored({ device, changes = {}, before }: CarriedOut, run: Rehearsal): string | undefined {
  const wanted: JsonObject = run.status === 'ROLLED_BACK' ? (run.before.get(device) ?? {}) : before;
  const actual = run.after.get(device) ?? {};
  for (const field of Object.keys(changes)) {
    const [was, is] = [JSON.stringify(wanted[field] ?? null), JSON.stringify(actual[field] ?? null)];
    if (was !== is) return `${field} of ${device} was ${was}, and is ${is} after the undo`;
  }
  return undefined;
}

function endOf({ status, error }: Rehearsal): string {
  return `the execution ends ${status}${error === undefined ? '' : ` with ${error}`}`;
}

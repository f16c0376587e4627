import { assertNever } from '#core/assert-never.ts';
import type { Step } from '#definition/model.ts';
import type { Emitting } from '../emitting.ts';
import { isRetried } from '../failure.ts';
import { isCaught } from '../outcomes.ts';
import { emitOutput, hasOutputState } from '../result.ts';
import type { Emission } from '../states.ts';
import { isTimedBlock } from '../timed-block.ts';
import { emitApprove } from './approve.ts';
import { emitAsl } from './asl.ts';
import { emitChoose } from './choose.ts';
import { emitCommand } from './command.ts';
import { emitDecide } from './decide.ts';
import { emitDevices } from './devices.ts';
import { emitEvent } from './event.ts';
import { emitFail } from './fail.ts';
import { emitForEach } from './for-each.ts';
import { emitHeld, poolsOf } from './held.ts';
import { emitHttp } from './http.ts';
import { emitLock } from './lock.ts';
import { emitNotify } from './notify.ts';
import { emitParallel } from './parallel.ts';
import { emitSet } from './set.ts';
import { emitSucceed } from './succeed.ts';
import { emitTimed } from './timed.ts';
import { emitWait } from './wait.ts';
import { emitWhile } from './while.ts';
import { emitWorkflow } from './workflow.ts';

/** The states of a step, without its guard. */
export function emitStep(step: Step, at: Emitting): Emission {
  const place = handlesFailures(step) ? { ...at.place, failuresHandled: true } : at.place;
  const inner = { ...at, place, handled: at.exit, held: false };
  return emitHeld(step, inner, (held) => emitTimed(step, held, emitWork));
}

function handlesFailures(step: Step): boolean {
  return (
    isCaught(step) ||
    isTimedBlock(step) ||
    poolsOf(step) !== undefined ||
    ('retry' in step && isRetried(step))
  );
}

function emitWork(step: Step, at: Emitting): Emission {
  if (!('output' in step) || step.kind === 'succeed') return emitKind(step, at);
  return emitOutput(step, at, (inner) => emitKind(step, inner));
}

/** Whether a step cannot be the end of a scope by itself, because its states go on to another in more than one way. */
export function needsStateAfter(step: Step): boolean {
  if (step.kind === 'set' || step.kind === 'while' || isCaught(step)) return true;
  return 'output' in step && step.kind !== 'succeed' && hasOutputState(step);
}

function emitKind(step: Step, at: Emitting): Emission {
  switch (step.kind) {
    case 'command':
      return emitCommand(step, at);
    case 'devices':
      return emitDevices(step, at);
    case 'choose':
      return emitChoose(step, at);
    case 'parallel':
      return emitParallel(step, at);
    case 'forEach':
      return emitForEach(step, at);
    case 'while':
      return emitWhile(step, at);
    case 'wait':
      return emitWait(step, at);
    case 'event':
      return emitEvent(step, at);
    case 'approve':
      return emitApprove(step, at);
    case 'workflow':
      return emitWorkflow(step, at);
    case 'decide':
      return emitDecide(step, at);
    case 'http':
      return emitHttp(step, at);
    case 'notify':
      return emitNotify(step, at);
    case 'lock':
      return emitLock(step, at);
    case 'asl':
      return emitAsl(step, at);
    case 'set':
      return emitSet(step, at);
    case 'succeed':
      return emitSucceed(step, at);
    case 'fail':
      return emitFail(step, at);
    default:
      return assertNever(step);
  }
}

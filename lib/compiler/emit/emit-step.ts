import { assertNever } from '#core/assert-never.ts';
import type { Step } from '#definition/model.ts';
import type { Emitting } from '../emitting.ts';
import type { Emission } from '../states.ts';
import { emitChoose } from './choose.ts';
import { emitCommand } from './command.ts';
import { emitDevices } from './devices.ts';
import { emitFail } from './fail.ts';
import { emitForEach } from './for-each.ts';
import { emitParallel } from './parallel.ts';
import { emitSet } from './set.ts';
import { emitSucceed } from './succeed.ts';
import { emitWait } from './wait.ts';

/** The states of a step, without its guard. */
export function emitStep(step: Step, at: Emitting): Emission {
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
    case 'wait':
      return emitWait(step, at);
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

import type { Injection } from '#definition/rehearsal/test-file.ts';
import type { CommandMessage } from '#devices/messages.ts';
import { readCommandId } from './command-id.ts';
import { isMeant, isStepMeant } from './pattern.ts';

/** The kinds of injection that meet a command at its device. */
type DeviceInjection = 'fail' | 'lose' | 'brick' | 'undoFails' | 'undoLost';

/** What goes wrong at one place, each as often as it says. */
export class Injections {
  readonly #injections: readonly Injection[];
  readonly #used = new Map<string, number>();

  constructor(injections: readonly Injection[]) {
    this.#injections = injections;
  }

  /** The name that a device is to fail a command with; undefined: it does not. */
  failureOf(device: string, message: CommandMessage): string | undefined {
    if (this.#meets('undoFails', device, message) !== undefined) return 'Device.Failed';
    const failure = this.#meets('fail', device, message);
    if (failure === undefined) return undefined;
    return ('fail' in failure ? failure.fail.error : undefined) ?? 'Device.Failed';
  }

  /** Whether the answer to a command is to be lost. */
  losesAnswer(device: string, commandId: string): boolean {
    const message = { id: commandId };
    return (
      this.#meets('undoLost', device, message) !== undefined ||
      this.#meets('lose', device, message) !== undefined
    );
  }

  /** Whether a command is to silence its device for good. */
  bricks(device: string, message: CommandMessage): boolean {
    return this.#meets('brick', device, message) !== undefined;
  }

  /** The name that a step without a device is to fail with; undefined: it does not. */
  failureOfStep(path: string): string | undefined {
    for (const [index, injection] of this.#injections.entries()) {
      if (!('fail' in injection) || injection.fail.device !== undefined) continue;
      const { step, times = 1, error } = injection.fail;
      if (isStepMeant(path, step) && this.#use(`${index} ${path}`, times)) return error ?? 'Step.Failed';
    }
    return undefined;
  }

  /** What is to happen to the undo of a step that has called a service. */
  undoOfCall(path: string): 'fails' | 'is lost' | undefined {
    for (const [index, injection] of this.#injections.entries()) {
      const fails = targetOf(injection, 'undoFails');
      const target = fails ?? targetOf(injection, 'undoLost');
      if (target === undefined || target.device !== undefined || !isStepMeant(path, target.step)) continue;
      if (this.#use(`${index} ${path}`, target.times ?? 1)) return fails === undefined ? 'is lost' : 'fails';
    }
    return undefined;
  }

  /** What is to happen now that a step has been through. */
  afterStep(path: string): 'crash' | 'stop' | undefined {
    for (const [index, injection] of this.#injections.entries()) {
      const kind = 'crash' in injection ? 'crash' : 'stop';
      const after =
        'crash' in injection ? injection.crash.after : 'stop' in injection ? injection.stop.after : undefined;
      if (after !== undefined && isStepMeant(path, after) && this.#use(`${index}`, 1)) return kind;
    }
    return undefined;
  }

  #meets(kind: DeviceInjection, device: string, { id }: Pick<CommandMessage, 'id'>): Injection | undefined {
    const { path, kind: commandKind } = readCommandId(id);
    if (commandKind !== (kind.startsWith('undo') ? 'undo' : 'step')) return undefined;
    return this.#injections.find((injection, index) => {
      const target = targetOf(injection, kind);
      if (target === undefined || !isMeant(device, target.device) || !isStepMeant(path, target.step))
        return false;
      return kind === 'brick' || this.#use(`${index} ${device}`, target.times ?? 1);
    });
  }

  #use(key: string, times: number): boolean {
    const used = this.#used.get(key) ?? 0;
    if (used >= times) return false;
    this.#used.set(key, used + 1);
    return true;
  }
}

interface Target {
  readonly step: string;
  readonly device?: string | undefined;
  readonly times?: number | undefined;
}

function targetOf(injection: Injection, kind: DeviceInjection): Target | undefined {
  const entry = Object.entries(injection).find(([name]) => name === kind);
  const target: Target | undefined = entry?.[1];
  return target;
}

import type { Random } from '#core/random.ts';
import type { AnswerMessage, CommandMessage } from '#devices/messages.ts';

/** How likely it is, for each message, that it goes wrong. */
export interface Faults {
  /** The command does not reach its device. */
  readonly lost: number;
  /** The device does it, and its answer does not come. */
  readonly unanswered: number;
  /** The device does it, and answers when nobody waits any more. */
  readonly late: number;
  /** The device refuses an undo. */
  readonly stuck: number;
}

/** What becomes of a command: its answer, and how long that takes, in ms; no answer is one that is lost. */
export interface Happening {
  readonly answer?: AnswerMessage;
  readonly afterMs: number;
}

/** What a command did, by the id of the command that did it: `undo` of another, or `do`. */
export interface Deed {
  readonly kind: 'do' | 'undo';
  /** Id of the command whose effect it is, without the execution: path and try of its step. */
  readonly effect: string;
}

/**
 * Devices that do each command once, whatever the way there and back does to it. What they have really done is known here, and
 * to nobody else.
 */
export class FaultyDevices {
  /** What was done, in order. */
  readonly deeds: Deed[] = [];
  /** Ids of undo commands whose answers did not come, or came late. */
  readonly unheardUndoes: string[] = [];
  readonly #answers = new Map<string, AnswerMessage>();
  readonly #random: Random;
  readonly #faults: Faults;

  constructor(random: Random, faults: Faults) {
    this.#random = random;
    this.#faults = faults;
  }

  /** What commands have done that has not been undone, by path and try of their steps. */
  effects(): ReadonlySet<string> {
    const there = new Set<string>();
    for (const { kind, effect } of this.deeds) {
      if (kind === 'do') there.add(effect);
      else there.delete(effect);
    }
    return there;
  }

  /** A device gets a command, or gets it again. */
  take(message: CommandMessage): Happening {
    if (this.#happens(this.#faults.lost)) return { afterMs: 0 };
    const known = this.#answers.get(message.id);
    const answer = known ?? this.#execute(message);
    this.#answers.set(message.id, answer);
    if (this.#happens(this.#faults.unanswered)) return this.#unheard(message, { afterMs: 0 });
    if (this.#happens(this.#faults.late)) {
      return this.#unheard(message, { answer, afterMs: message.timeoutMs + 1 + this.#random() * 20_000 });
    }
    return { answer, afterMs: Math.floor(this.#random() * 300) };
  }

  #execute({ id, command }: CommandMessage): AnswerMessage {
    const [, path = '', attempt = ''] = id.split(':');
    const effect = `${path}:${attempt}`;
    const failed: AnswerMessage = { id, status: 'FAILED', error: 'Device.Rejected' };
    switch (command) {
      case 'ask':
        return { id, status: 'SUCCEEDED', result: { is: this.effects().has(effect) } };
      case 'undo':
        if (this.#happens(this.#faults.stuck)) return failed;
        this.deeds.push({ kind: 'undo', effect });
        return { id, status: 'SUCCEEDED' };
      case 'fail':
        return failed;
      default:
        this.deeds.push({ kind: 'do', effect });
        return { id, status: 'SUCCEEDED' };
    }
  }

  #unheard({ id, command }: CommandMessage, happening: Happening): Happening {
    if (command === 'undo') this.unheardUndoes.push(id);
    return happening;
  }

  #happens(chance: number): boolean {
    return this.#random() < chance;
  }
}

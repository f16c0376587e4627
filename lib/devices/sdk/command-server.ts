import type { Clock } from '#core/clock.ts';
import type { Json, JsonObject } from '#core/json.ts';
import type { AnswerMessage, CommandMessage } from '../messages.ts';
import { type CommandStore, REMEMBERED } from './command-store.ts';

/** What carrying a command out gave. */
export interface Execution {
  readonly result?: Json;
  /** Reported state that changed by it. */
  readonly reported?: JsonObject;
}

/** Thrown by a device that could not, or would not, carry a command out. */
export class CommandFailure extends Error {
  /** The name that retry and catch match, such as Device.Rejected. */
  override readonly name: string;
  readonly reported: JsonObject | undefined;

  constructor(name: string, cause: string, reported?: JsonObject) {
    super(cause);
    this.name = name;
    this.reported = reported;
  }
}

/** What serves commands on a device. */
export interface CommandServerOptions {
  /** Carries a command out. What it throws is answered as a failure. */
  execute(message: CommandMessage): Promise<Execution>;
  /** Says something on the device's `answers` topic. */
  answer(answer: AnswerMessage): void;
  readonly clock: Clock;
  /** Where it is kept which commands were done. Default: in memory, until the process ends. */
  readonly store?: CommandStore | undefined;
  /**
   * Answers a command that was cut off by the end of the process, after the device has found out what came of it. Default:
   * nothing is said, so that what it did counts as unknown.
   */
  readonly recover?: ((message: CommandMessage) => Promise<Execution>) | undefined;
}

/** A command that takes longer is announced as RUNNING. In ms. */
const ANNOUNCE_AFTER_MS = 250;

/** Serves commands: each is carried out once, however often it is delivered. */
export function createCommandServer(
  options: CommandServerOptions,
): (message: CommandMessage) => Promise<void> {
  const { answer, store } = options;
  const running = new Set<string>();
  const cutOff = new Set<string>();
  const ended = new Map<string, AnswerMessage>();
  const loaded = store?.load().then((remembered) => {
    for (const id of remembered.begun) cutOff.add(id);
    for (const known of remembered.answers) ended.set(known.id, known);
  });
  // Whoever waits for it is told of its failure.
  loaded?.catch(() => undefined);
  return async (message) => {
    const { id } = message;
    if (loaded !== undefined) await loaded;
    const known = ended.get(id);
    if (known !== undefined) return answer(known);
    if (running.has(id) || (cutOff.has(id) && options.recover === undefined)) return;
    running.add(id);
    try {
      const said = await serve(
        message,
        cutOff.has(id) ? (options.recover ?? options.execute) : undefined,
        options,
      );
      remember(ended, said);
      await store?.end(said);
      answer(said);
    } finally {
      running.delete(id);
    }
  };
}

/** Carries a command out, or finds out what came of it; a long one is announced. */
async function serve(
  message: CommandMessage,
  recover: CommandServerOptions['recover'],
  { execute, answer, clock, store }: CommandServerOptions,
): Promise<AnswerMessage> {
  const { id } = message;
  const announcement = clock.setTimer(clock.now() + ANNOUNCE_AFTER_MS, () => {
    answer({ id, status: 'RUNNING' });
  });
  try {
    if (recover === undefined) await store?.begin(id);
    return await carryOut(message, { execute: recover ?? execute });
  } finally {
    announcement.cancel();
  }
}

async function carryOut(
  message: CommandMessage,
  { execute }: Pick<CommandServerOptions, 'execute'>,
): Promise<AnswerMessage> {
  const { id } = message;
  try {
    return { id, status: 'SUCCEEDED', ...(await execute(message)) };
  } catch (error) {
    if (!(error instanceof CommandFailure)) {
      return { id, status: 'FAILED', cause: error instanceof Error ? error.message : String(error) };
    }
    const { name, message: cause, reported } = error;
    return { id, status: 'FAILED', error: name, cause, ...(reported === undefined ? {} : { reported }) };
  }
}

function remember(ended: Map<string, AnswerMessage>, answer: AnswerMessage): void {
  ended.set(answer.id, answer);
  const [oldest] = ended.keys();
  if (ended.size > REMEMBERED && oldest !== undefined) ended.delete(oldest);
}

import type { Clock } from '#core/clock.ts';
import type { Json, JsonObject } from '#core/json.ts';
import type { AnswerMessage, CommandMessage } from '../messages.ts';

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
}

/** How many ended commands are remembered, so that one that comes again is answered and not done again. */
const REMEMBERED = 1_000;
/** A command that takes longer is announced as RUNNING. In ms. */
const ANNOUNCE_AFTER_MS = 250;

/** Serves commands: each is carried out once, however often it is delivered. */
export function createCommandServer(
  options: CommandServerOptions,
): (message: CommandMessage) => Promise<void> {
  const running = new Set<string>();
  const ended = new Map<string, AnswerMessage>();
  return async (message) => {
    const { id } = message;
    const known = ended.get(id);
    if (known !== undefined) return options.answer(known);
    if (running.has(id)) return;
    running.add(id);
    const announcement = options.clock.setTimer(options.clock.now() + ANNOUNCE_AFTER_MS, () => {
      options.answer({ id, status: 'RUNNING' });
    });
    const answer = await carryOut(message, options);
    announcement.cancel();
    remember(ended, answer);
    running.delete(id);
    options.answer(answer);
  };
}

async function carryOut(message: CommandMessage, { execute }: CommandServerOptions): Promise<AnswerMessage> {
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

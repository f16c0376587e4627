import type { Clock } from '#core/clock.ts';
import type { Json, JsonObject } from '#core/json.ts';
import type { AnswerMessage, CommandMessage, PresenceMessage } from '#devices/messages.ts';
import { CommandFailure, createCommandServer, type Execution } from '#devices/sdk/command-server.ts';
import type { FleetDevice } from '#devices/simulator/read-fleet.ts';
import { SimulatedDevice } from '#devices/simulator/simulated-device.ts';
import { type DeviceMessageKind, deviceTopic } from '#devices/topics.ts';
import type { Draw } from './draw.ts';
import type { Faults } from './faults.ts';
import type { Injections } from './injections.ts';

/** A command that a device has really carried out, or tried to. */
export interface CarriedOut {
  readonly device: string;
  readonly id: string;
  readonly command: string;
  /** By the time of the world, in ms since the epoch. */
  readonly at: number;
  /** Reported state that it has changed; undefined when it failed. */
  readonly changes: JsonObject | undefined;
  /** What it reported before. */
  readonly before: JsonObject;
}

/** What surrounds a device in a rehearsal. */
export interface LineOptions {
  readonly device: FleetDevice;
  readonly clock: Clock;
  readonly draw: Draw;
  readonly injections: Injections;
  /** What goes wrong now. */
  faults(): Faults;
  /** Takes what the device says. */
  take(message: { readonly topic: string; readonly [field: string]: Json | undefined }): void;
  onCarriedOut(done: CarriedOut): void;
  /** Told what happens at the device, for people. */
  note(text: string): void;
}

/** How long a device takes to notice that its connection is lost, and to make another, in ms. */
const RECONNECT_MS = 1_000;
/** How much later a message comes that others overtake, in ms. */
const OVERTAKEN_MS = 500;

/** A simulated device, and the line between it and the platform, which may be bad. */
export class DeviceLine {
  readonly #options: LineOptions;
  readonly #simulated: SimulatedDevice;
  readonly #serve: (message: CommandMessage) => Promise<void>;
  #isUp = false;
  #isSilent = false;
  /** What was said while the line was down. */
  #outbox: AnswerMessage[] = [];

  constructor(options: LineOptions) {
    const { device, clock, draw } = options;
    this.#options = options;
    this.#simulated = new SimulatedDevice({ device, clock, random: draw.random, onExecuted: () => {} });
    const line = { send: (answer: AnswerMessage) => this.#say(answer), drop: () => this.lose() };
    this.#serve = createCommandServer({
      clock,
      execute: (message) => this.#execute(message),
      answer: (answer) => this.#simulated.transmit(answer, line),
    });
  }

  /** What the device really is. */
  get reported(): JsonObject {
    return this.#simulated.describe().reported ?? {};
  }

  /** Comes to the platform: says who it is, then what it could not say before. */
  connect(): void {
    if (this.#isSilent) return;
    this.#isUp = true;
    this.#tell('presence', { ...this.#simulated.describe(), status: 'online' } satisfies PresenceMessage);
    const outbox = this.#outbox;
    this.#outbox = [];
    for (const answer of outbox) this.#say(answer);
  }

  /** Loses its connection: the platform hears of it by the last will, and the device comes back by itself. */
  lose(): void {
    const { clock, draw, note } = this.#options;
    if (!this.#isUp) return;
    this.cut();
    note('loses its connection');
    this.#tell('presence', { status: 'offline' } satisfies PresenceMessage);
    const backAt = clock.now() + RECONNECT_MS + draw.whole(0, this.#options.faults().longestFlapMs);
    clock.setTimer(backAt, () => this.connect());
  }

  /** Loses its connection without a word to the platform, which is not there itself. */
  cut(): void {
    this.#isUp = false;
  }

  /** Takes a command that the platform sends. */
  deliver(message: CommandMessage): void {
    this.#transfer('command', message.command, () => {
      if (this.#isUp) void this.#serve(message);
    });
  }

  async #execute(message: CommandMessage): Promise<Execution> {
    const { device, clock, draw, injections, faults, onCarriedOut, note } = this.#options;
    const { command, id } = message;
    const failure = injections.failureOf(device.id, message);
    if (failure !== undefined) {
      note(`is made to fail ${command}: ${failure}`);
      throw new CommandFailure(failure, `rehearsed failure of ${command}`);
    }
    const before = this.reported;
    const done = { device: device.id, id, command, before };
    try {
      const execution = await this.#simulated.execute(message);
      onCarriedOut({ ...done, at: clock.now(), changes: execution.reported ?? {} });
      return execution;
    } catch (error) {
      onCarriedOut({ ...done, at: clock.now(), changes: undefined });
      throw error;
    } finally {
      if (injections.bricks(device.id, message) || draw.chance(faults().brick)) this.#brick();
    }
  }

  /** It has done what it was told, and never says a word again. */
  #brick(): void {
    this.#options.note('falls silent for good');
    this.#isSilent = true;
    this.#isUp = false;
    this.#tell('presence', { status: 'offline' } satisfies PresenceMessage);
  }

  #say(answer: AnswerMessage): void {
    const { device, draw, injections, faults, note } = this.#options;
    if (this.#isSilent) return;
    if (!this.#isUp) {
      this.#outbox.push(answer);
      return;
    }
    const isEnd = answer.status === 'SUCCEEDED' || answer.status === 'FAILED';
    if (isEnd && injections.losesAnswer(device.id, answer.id)) {
      note(`answers ${answer.status}, which is lost`);
      return;
    }
    this.#transfer('answer', answer.status, () => this.#tell('answers', answer));
    if (isEnd && draw.chance(faults().flap)) this.lose();
  }

  /** Lets a message through the line, which may lose, double or delay it. */
  #transfer(what: string, name: string, arrive: () => void): void {
    const { clock, draw, note } = this.#options;
    const { lose, duplicate, reorder, delay, longestDelayMs } = this.#options.faults();
    if (draw.chance(lose)) {
      note(`${what} ${name} is lost`);
      return;
    }
    const overtakenMs = draw.chance(reorder) ? draw.whole(1, OVERTAKEN_MS) : 0;
    const lateMs = draw.chance(delay) ? draw.whole(1, longestDelayMs) : 0;
    if (lateMs > 0) note(`${what} ${name} is ${lateMs} ms late`);
    clock.setTimer(clock.now() + overtakenMs + lateMs, arrive);
    if (draw.chance(duplicate)) {
      note(`${what} ${name} comes twice`);
      clock.setTimer(clock.now() + draw.whole(0, OVERTAKEN_MS), arrive);
    }
  }

  #tell(kind: DeviceMessageKind, message: object): void {
    this.#options.take({ ...message, topic: deviceTopic(this.#options.device.id, kind) });
  }
}

import { expect, test } from 'vitest';
import { type CommandRequest, CommandRequestSchema } from '#compiler/task-payload.ts';
import { type Clock, sleep } from '#core/clock.ts';
import { StepwrightError } from '#core/error.ts';
import { type Random, seededRandom } from '#core/random.ts';
import { VirtualClock } from '#core/virtual-clock.ts';
import { cancelCommand } from '#devices/cancel.ts';
import { type Command, IN_FLIGHT, OPEN } from '#devices/command.ts';
import { findCommand, getCommand } from '#devices/command-store.ts';
import { receiveAnswer, receivePresence } from '#devices/device-messages.ts';
import { dispatchCommand } from '#devices/dispatch.ts';
import { expireCommand, recoverOpenCommands } from '#devices/expire.ts';
import type { AnswerMessage, CommandMessage } from '#devices/messages.ts';
import type { DevicePorts } from '#devices/ports.ts';
import { createCommandServer } from '#devices/sdk/command-server.ts';
import type { CommandStore } from '#devices/sdk/command-store.ts';
import { MemoryTable, unsteadyTable } from '#support/memory-table.ts';

/** So many seeds are tried, each with another order of commands, lines and accidents. */
const SEEDS = 2_000;
const DEVICES = ['pump', 'valve'] as const;
const START = Date.UTC(2026, 0, 1);

/** What survives the process of a device. */
class Flash implements CommandStore {
  readonly #begun = new Set<string>();
  readonly #answers: AnswerMessage[] = [];

  async load() {
    return { begun: [...this.#begun], answers: [...this.#answers], reported: {} };
  }

  async begin(id: string): Promise<void> {
    this.#begun.add(id);
  }

  async end(answer: AnswerMessage): Promise<void> {
    this.#begun.delete(answer.id);
    this.#answers.push(answer);
  }
}

/** Devices on a line that loses, delays, doubles and forges, and a server whose calls cross each other. */
class Plant {
  readonly clock = new VirtualClock(START);
  readonly table: MemoryTable = new MemoryTable();
  readonly executed = new Map<string, number>();
  /** What the tasks were told, by token: the first answer counts. */
  readonly told = new Map<string, string>();
  readonly ids: string[] = [];
  readonly #random: Random;
  readonly #flash = new Map<string, Flash>();
  readonly #processes = new Map<string, (message: CommandMessage) => Promise<void>>();
  readonly #kill = new Map<string, () => void>();
  readonly #deadlines = new Map<string, { cancel(): void }>();
  readonly #ports: DevicePorts;
  readonly #work = new Set<Promise<unknown>>();

  constructor(random: Random) {
    this.#random = random;
    this.#ports = {
      table: unsteadyTable(this.table, random),
      clock: this.clock,
      random: seededRandom(1),
      engine: {
        succeedTask: async (token) => this.#tell(token, 'SUCCEEDED'),
        failTask: async (token, { error }) => this.#tell(token, error),
      },
      transport: { send: async (device, message) => this.#carry(() => this.#deliver(device, message)) },
      deadlines: { schedule: async ({ id }, dueAt) => this.#schedule(id, dueAt) },
    };
    for (const device of DEVICES) {
      this.#flash.set(device, new Flash());
      this.restart(device);
    }
  }

  #count(id: string): void {
    this.executed.set(id, (this.executed.get(id) ?? 0) + 1);
  }

  async presence(device: string, status: 'online' | 'offline'): Promise<void> {
    await receivePresence(this.#ports, device, { status, type: 'machine' });
  }

  /** The process of a device ends in the middle of whatever it does, and begins anew. */
  restart(device: string): void {
    const store = this.#flash.get(device);
    let isAlive = true;
    const process = createCommandServer({
      clock: whileAlive(this.clock, () => isAlive),
      store,
      execute: async ({ id }) => {
        // What is done shows at the beginning or at the end of its time; a restart may come in between.
        const isDoneFirst = this.#random() < 0.5;
        if (isDoneFirst) this.#count(id);
        await sleep(
          whileAlive(this.clock, () => isAlive),
          this.#random() * 2_000,
        );
        if (!isDoneFirst) this.#count(id);
        if (this.#random() < 0.2) throw new Error('jammed');
        return { reported: { last: id } };
      },
      answer: (answer) => {
        if (isAlive) this.#carry(() => this.#hear(device, answer));
      },
    });
    this.#kill.get(device)?.();
    this.#processes.set(device, process);
    this.#kill.set(device, () => {
      isAlive = false;
    });
  }

  async dispatch(request: CommandRequest): Promise<void> {
    const { id } = await dispatchCommand(this.#ports, request);
    if (!this.ids.includes(id)) this.ids.push(id);
  }

  /** Called twice, as a queue does. */
  again(request: CommandRequest): Promise<unknown> {
    return dispatchCommand(this.#ports, request);
  }

  async cancel(id: string): Promise<void> {
    await cancelCommand(this.#ports, id, { by: 'ann' }).catch((error: unknown) => {
      if (!(error instanceof StepwrightError)) throw error;
    });
  }

  /** Somebody says something of a command that is not theirs, or that was never given; nothing may come of it. */
  async forge(id: string): Promise<void> {
    const before = JSON.stringify(await findCommand(this.table, id));
    const { device = '' } = (await findCommand(this.table, id)) ?? {};
    const other = DEVICES.find((one) => one !== device) ?? 'pump';
    const answer = { status: 'SUCCEEDED', result: 'forged' } as const;
    const received = [
      await receiveAnswer(this.#ports, other, { ...answer, id }),
      await receiveAnswer(this.#ports, device, { ...answer, id: `${id}:never` }),
    ];
    expect(received).toEqual(['ignored', 'ignored']);
    expect(before).not.toContain('forged');
  }

  recover(): Promise<void> {
    return recoverOpenCommands(this.#ports);
  }

  /** Lets a while go by, and all that comes of it happen. */
  async pass(ms: number): Promise<void> {
    await this.clock.advance(ms);
    while (this.#work.size > 0) await Promise.allSettled([...this.#work]);
  }

  /** The commands of each device that are in flight. */
  async inFlight(device: string): Promise<readonly Command[]> {
    return (await this.#commands()).filter(
      (command) => command.device === device && IN_FLIGHT.includes(command.status),
    );
  }

  /** Whether a command has still to end. */
  async isBusy(): Promise<boolean> {
    return (await this.#commands()).some(({ status }) => OPEN.includes(status));
  }

  #commands(): Promise<readonly Command[]> {
    return Promise.all(this.ids.map((id) => getCommand(this.table, id)));
  }

  #tell(token: string, outcome: string): 'accepted' | 'gone' {
    if (this.told.has(token)) return 'gone';
    this.told.set(token, outcome);
    return 'accepted';
  }

  #schedule(id: string, dueAt: number): void {
    this.#deadlines.get(id)?.cancel();
    const timer = this.clock.setTimer(dueAt, () => this.#do(() => expireCommand(this.#ports, id)));
    this.#deadlines.set(id, timer);
  }

  /** Brings something over the line: not at all, once or twice, each time after another while. */
  #carry(bring: () => Promise<unknown>): void {
    const drawn = this.#random();
    const times = drawn < 0.15 ? 0 : drawn < 0.35 ? 2 : 1;
    for (let time = 0; time < times; time++) {
      this.clock.setTimer(this.clock.now() + this.#random() * 3_000, () => this.#do(bring));
    }
  }

  async #deliver(device: string, message: CommandMessage): Promise<void> {
    // A device works on while others speak: its end is not waited for.
    void this.#processes.get(device)?.(message);
  }

  async #hear(device: string, answer: AnswerMessage): Promise<void> {
    await receiveAnswer(this.#ports, device, answer);
  }

  #do(work: () => Promise<unknown>): void {
    const doing = work().finally(() => this.#work.delete(doing));
    this.#work.add(doing);
  }
}

/** A clock whose timers end with the process that set them. */
function whileAlive(clock: Clock, isAlive: () => boolean): Clock {
  return {
    now: () => clock.now(),
    setTimer: (at, callback) => clock.setTimer(at, () => isAlive() && callback()),
  };
}

async function accident(plant: Plant, random: Random, requests: readonly CommandRequest[]): Promise<void> {
  const device = DEVICES[Math.floor(random() * 2)] ?? 'pump';
  const id = plant.ids[Math.floor(random() * plant.ids.length)] ?? 'none';
  const request = requests[Math.floor(random() * requests.length)];
  const drawn = random();
  if (drawn < 0.2) await plant.presence(device, random() < 0.6 ? 'online' : 'offline');
  else if (drawn < 0.35) plant.restart(device);
  else if (drawn < 0.5) await plant.forge(id);
  else if (drawn < 0.6) await plant.cancel(id);
  else if (drawn < 0.75 && request !== undefined)
    await Promise.all([plant.again(request), plant.again(request)]);
  else if (drawn < 0.85) await plant.recover();
  else await Promise.all([plant.presence(device, 'online'), plant.recover()]);
}

function requestOf(random: Random, at: number): CommandRequest {
  return CommandRequestSchema.parse({
    ...{ taskToken: `c${at}`, execution: 'run', step: 's', path: `c${at}`, attempt: 0 },
    ...{ device: DEVICES[at % 2], command: 'go', with: {} },
    ...{ timeoutSeconds: 5 + Math.floor(random() * 20), expiresSeconds: 10 + Math.floor(random() * 60) },
    priority: Math.floor(random() * 999),
  });
}

async function playSeed(seed: number): Promise<readonly Command[]> {
  const random = seededRandom(seed);
  const plant = new Plant(random);
  for (const device of DEVICES) await plant.presence(device, random() < 0.7 ? 'online' : 'offline');
  const requests = Array.from({ length: 2 + Math.floor(random() * 5) }, (_, at) => requestOf(random, at));
  await Promise.all(requests.map((request) => plant.dispatch(request)));
  for (let round = 0; round < 10; round++) {
    await accident(plant, random, requests);
    await plant.pass(random() * 4_000);
    for (const device of DEVICES)
      expect((await plant.inFlight(device)).length, `seed ${seed}`).toBeLessThan(2);
  }
  for (let minutes = 0; minutes < 12 && (await plant.isBusy()); minutes++) await plant.pass(60_000);
  const commands = await Promise.all(plant.ids.map((id) => getCommand(plant.table, id)));
  for (const command of commands) checkHonest(seed, command, plant);
  return commands;
}

/** How often a command of a status may have been carried out. */
const TIMES: Readonly<Record<string, readonly number[]>> = {
  SUCCEEDED: [1],
  FAILED: [1],
  TIMED_OUT: [0, 1],
  EXPIRED: [0],
  CANCELLED: [0],
};

function checkHonest(seed: number, { id, status, taskToken = '', error }: Command, plant: Plant): void {
  const times = plant.executed.get(id) ?? 0;
  const seen = { seed, id, status, times, told: plant.told.get(taskToken) };
  expect(OPEN, JSON.stringify(seen)).not.toContain(status);
  expect(TIMES[status], JSON.stringify(seen)).toContain(times);
  expect(seen.told, JSON.stringify(seen)).toBe(error ?? 'SUCCEEDED');
}

test(`over ${SEEDS} seeds no command is done twice, and each ends as what happened to it`, {
  timeout: 60_000,
}, async () => {
  const counts = new Map<string, number>();
  for (let seed = 0; seed < SEEDS; seed++) {
    for (const { status } of await playSeed(seed)) counts.set(status, (counts.get(status) ?? 0) + 1);
  }
  // Every end is come to often, or the seeds show little.
  for (const status of Object.keys(TIMES))
    expect([status, (counts.get(status) ?? 0) > 50]).toEqual([status, true]);
});

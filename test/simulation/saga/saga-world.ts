import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { CompiledWorkflow } from '#compiler/compiled-workflow.ts';
import { type Random, seededRandom } from '#core/random.ts';
import { VirtualClock } from '#core/virtual-clock.ts';
import { receiveAnswer } from '#devices/device-messages.ts';
import { recoverOpenCommands } from '#devices/expire.ts';
import type { CommandMessage } from '#devices/messages.ts';
import { registerDevice } from '#devices/registry.ts';
import { type Assembly, assemble, executionOf } from '#embedded/assembly.ts';
import { describeExecution, type ExecutionView } from '#executions/describe.ts';
import { isFinal } from '#executions/execution.ts';
import { findExecution } from '#executions/execution-store.ts';
import { startExecution } from '#executions/start.ts';
import { UNWIND_MACHINE } from '#executions/unwind-machine.ts';
import { watchUnwinds } from '#executions/unwind-watch.ts';
import { publishWorkflow } from '#executions/workflow-store.ts';
import { Database } from '#storage/database.ts';
import type { FaultyDevices } from './faulty-devices.ts';

/** The devices of such a world. */
export const DEVICES = ['x', 'y', 'z'] as const;

/** A file system in memory, where there is one: it is processes that die here, and not machines. */
const FILES = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** Turns of the event loop without news after which nothing but time can bring any. */
const QUIET_TURNS = 25;

/**
 * The whole of the embedded runtime on one file and a clock of its own, with devices that lose, delay and refuse. Its process
 * dies at any instant, in the middle of whatever handlers are at, and another goes on from the file.
 */
export class SagaWorld {
  readonly clock = new VirtualClock(Date.UTC(2026, 0, 1));
  deaths = 0;
  readonly #folder = mkdtempSync(join(FILES, 'stepwright-saga-'));
  readonly #devices: FaultyDevices;
  readonly #random: Random;
  #database: Database;
  #assembly: Assembly;
  #news = 0;
  #deathsLeft: number;

  private constructor(seed: number, devices: FaultyDevices, deaths: number) {
    this.#devices = devices;
    this.#random = seededRandom(seed);
    this.#deathsLeft = deaths;
    this.#database = this.#open();
    this.#assembly = this.#assemble(this.#database);
  }

  /** @param deaths how often the process dies, at most. */
  static async create(seed: number, devices: FaultyDevices, deaths: number): Promise<SagaWorld> {
    const world = new SagaWorld(seed, devices, deaths);
    await world.#assembly.engine.deploy(UNWIND_MACHINE);
    for (const id of DEVICES) await registerDevice(world.#assembly.ports, { id, status: 'online' });
    return world;
  }

  get ports(): Assembly['ports'] {
    return this.#assembly.ports;
  }

  /** Starts a workflow and lets time go by, and processes die, until its execution has its final status. */
  async run(compiled: CompiledWorkflow): Promise<ExecutionView> {
    await publishWorkflow(this.ports, compiled, '');
    const { id } = await startExecution(this.ports, { workflow: compiled.name, input: {} });
    return this.settle(id);
  }

  /** Lets time go by until an execution has its final status. */
  async settle(id: string): Promise<ExecutionView> {
    for (;;) {
      await this.quiet();
      const status = (await findExecution(this.ports.table, id))?.status;
      if (status !== undefined && isFinal(status)) return describeExecution(this.ports, id);
      if (!(await this.clock.advanceToNext()))
        throw new Error(`nothing more will happen, and ${id} is ${status}`);
    }
  }

  /** Lets happen what needs no time. The process may die in the middle of it. */
  async quiet(): Promise<void> {
    let untilDeath = this.#deathsLeft > 0 && this.#random() < 0.1 ? Math.floor(this.#random() * 12) : -1;
    for (let seen = this.#news, turns = 0; turns < QUIET_TURNS; turns++) {
      await setImmediate();
      if (untilDeath-- === 0) await this.#die();
      if (this.#news !== seen) [seen, turns] = [this.#news, 0];
    }
  }

  [Symbol.dispose](): void {
    this.#assembly.close();
    this.#database.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** What was under way can write nothing any more: its file is closed. */
  async #die(): Promise<void> {
    this.#deathsLeft--;
    this.deaths++;
    this.#assembly.close();
    this.#database.close();
    this.#database = this.#open();
    this.#assembly = this.#assemble(this.#database);
    const { engine, ports } = this.#assembly;
    await engine.deploy(UNWIND_MACHINE);
    const resumed = engine.recover().map(executionOf);
    await recoverOpenCommands(ports);
    await watchUnwinds(ports, resumed);
    this.#news++;
  }

  #open(): Database {
    return new Database(join(this.#folder, 'state.db'));
  }

  #assemble(database: Database): Assembly {
    return assemble({
      ...{ database, clock: this.clock, random: this.#random },
      // Small, so that unwinds of a few steps go on in further machines.
      unwind: { events: 120 },
      transport: { send: async (device, message) => this.#send(device, message) },
      onChange: () => {
        this.#news++;
      },
      onDefect: () => {},
    });
  }

  #send(device: string, message: CommandMessage): void {
    this.#news++;
    const { answer, afterMs } = this.#devices.take(message);
    if (answer === undefined) return;
    this.clock.setTimer(this.clock.now() + afterMs, () => {
      this.#news++;
      // A process that is dying loses it: its device is sent the command again.
      receiveAnswer(this.ports, device, answer).catch(() => {});
    });
  }
}

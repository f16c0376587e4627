import type { ExecutionRef } from '#engine/engine.ts';
import type { HistoryEvent } from '#engine/history.ts';
import type { Checker } from './checker.ts';
import type { SimulatedDisk } from './simulated-store.ts';

/** How a try ends after which there may be another. */
const FAILED = /^(?:Task|Activity)(?:Failed|TimedOut)$/;
const SCHEDULED = /^(?:Task|Activity)Scheduled$/;

/** What operators were promised of executions that they paused, and whether it holds. */
export class PauseChecker {
  readonly #disk: SimulatedDisk;
  readonly #checker: Checker;
  /** When the pause was acknowledged, in ms of the world, by the name of the execution. */
  readonly #paused = new Map<string, number>();
  /** Types of the events of each execution, as the living process has them. */
  readonly #types = new Map<string, string[]>();

  constructor(disk: SimulatedDisk, checker: Checker) {
    this.#disk = disk;
    this.#checker = checker;
  }

  /** How often an execution has been redriven, where it runs; undefined where it does not. */
  runningFor(ref: ExecutionRef): number | undefined {
    const row = this.#disk.execution(ref);
    return row?.status === 'RUNNING' ? this.#disk.control(row.id).redrives.length : undefined;
  }

  /** An operator was told that an execution is paused; `redrives` is what {@link runningFor} was when they asked. */
  acknowledged(ref: ExecutionRef, redrives: number | undefined, now: number): void {
    const row = this.#disk.execution(ref);
    if (row === undefined || redrives === undefined || this.runningFor(ref) !== redrives) return;
    this.#checker.demand(
      this.#disk.control(row.id).isPaused,
      () => `the pause of ${ref.name} was acknowledged, and is not durable`,
    );
    this.#paused.set(ref.name, now);
  }

  /** An operator asks for an execution to go on: from now on it may. */
  lifted({ name }: ExecutionRef): void {
    this.#paused.delete(name);
  }

  /** Events were appended: of a paused execution none may enter a state, or try one again. */
  appended({ name }: ExecutionRef, events: readonly HistoryEvent[], now: number): void {
    const types = this.#types.get(name) ?? [];
    this.#types.set(name, types);
    for (const { id, type, previousEventId } of events) {
      types[id] = type;
      if (type === 'ExecutionRedriven') this.#paused.delete(name);
      const pausedAt = this.#paused.get(name);
      if (pausedAt === undefined) continue;
      this.#checker.demand(
        !type.endsWith('StateEntered'),
        () => `${name} entered a state by event ${id} while it was paused`,
      );
      const isTriedAgain = SCHEDULED.test(type) && FAILED.test(types[previousEventId] ?? '');
      this.#checker.demand(
        !isTriedAgain || pausedAt === now,
        () => `${name} tried a state again by event ${id} while it was paused`,
      );
    }
  }
}

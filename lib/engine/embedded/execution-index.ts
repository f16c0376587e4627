import * as z from 'zod';
import type { Database } from '#storage/database.ts';
import { ENGINE_STATUSES, type EngineStatus, type ExecutionRef } from '../engine.ts';

/** What a list tells of an execution. Times are ms since the Unix epoch. */
export interface ExecutionSummary {
  readonly ref: ExecutionRef;
  readonly status: EngineStatus;
  readonly startedAt: number;
  readonly endedAt?: number;
  /** Where it stands in the list: of two, the one that was started later has the larger. */
  readonly position: number;
}

/** Which executions of a machine to list. */
export interface ExecutionQuery {
  readonly machine: string;
  readonly status?: EngineStatus | undefined;
  /** Only those before this position; undefined: from the newest on. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/** Which children of a Map Run to list. */
export interface ChildQuery extends Omit<ExecutionQuery, 'machine'> {
  /** Row id. */
  readonly run: number;
}

/** The status is in it, so that a list of one status costs what it gives; a list of all is a merge of one list each. */
const SCHEMA = 'CREATE INDEX IF NOT EXISTS executions_by_machine ON executions (machine, status, id);';

const COLUMNS = 'id, machine, name, status, startedAt, endedAt';

const RowSchema = z.object({
  id: z.number(),
  machine: z.string(),
  name: z.string(),
  status: z.enum(ENGINE_STATUSES),
  startedAt: z.number(),
  endedAt: z.number().nullable(),
});

const ChildSchema = z.object({ items: z.number() });

const MachineSchema = z.object({ name: z.string() });

/** Lists of the engine's executions, newest first, each page at a cost that does not grow with what is stored. */
export class ExecutionIndex {
  readonly #ofStatus;
  readonly #one;
  readonly #machines;
  readonly #children;

  /** The engine must have been opened on the database before. */
  constructor({ sqlite }: Database) {
    sqlite.exec(SCHEMA);
    this.#ofStatus = sqlite.prepare(
      `SELECT ${COLUMNS} FROM executions WHERE machine = ? AND status = ? AND id < ? ORDER BY id DESC LIMIT ? + 0`,
    );
    this.#one = sqlite.prepare(`SELECT ${COLUMNS} FROM executions WHERE machine = ? AND name = ?`);
    this.#children = sqlite.prepare(
      `SELECT ${COLUMNS}, children.items AS items FROM map_run_children AS children
       JOIN executions ON id = children.execution
       WHERE run = ?1 AND children.execution < ?2 AND (?3 IS NULL OR status = ?3)
       ORDER BY children.execution DESC LIMIT ?4 + 0`,
    );
    this.#machines = sqlite.prepare('SELECT name FROM machines');
  }

  /** Names of all machines of the engine's own. */
  machines(): string[] {
    return this.#machines.all().map((row) => MachineSchema.parse(row).name);
  }

  /** A page of executions, newest first. */
  list({ machine, status, before = Number.MAX_SAFE_INTEGER, limit }: ExecutionQuery): ExecutionSummary[] {
    const statuses = status === undefined ? ENGINE_STATUSES : [status];
    return statuses
      .flatMap((each) => this.#ofStatus.all(machine, each, before, limit))
      .map(toSummary)
      .sort((a, b) => b.position - a.position)
      .slice(0, limit);
  }

  /** A page of the children of a Map Run, newest first, each with how many items it has. */
  ofMapRun({
    run,
    status,
    before = Number.MAX_SAFE_INTEGER,
    limit,
  }: ChildQuery): (ExecutionSummary & { readonly items: number })[] {
    return this.#children
      .all(run, before, status ?? null, limit)
      .map((row) => ({ ...toSummary(row), ...ChildSchema.parse(row) }));
  }

  /** One execution. */
  find({ machine, name }: ExecutionRef): ExecutionSummary | undefined {
    const row = this.#one.get(machine, name);
    return row === undefined ? undefined : toSummary(row);
  }

  /** Whether an execution of a machine has not ended. */
  isRunning(machine: string): boolean {
    return this.list({ machine, status: 'RUNNING', limit: 1 }).length > 0;
  }
}

function toSummary(row: unknown): ExecutionSummary {
  const { id, machine, name, status, startedAt, endedAt } = RowSchema.parse(row);
  return {
    ...{ ref: { machine, name }, status, startedAt, position: id },
    ...(endedAt === null ? {} : { endedAt }),
  };
}

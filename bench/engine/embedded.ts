import { join } from 'node:path';
import type { Json } from '#core/json.ts';
import { EmbeddedEngine } from '#engine/embedded/engine.ts';
import type { EmbeddedEngineOptions } from '#engine/embedded/engine-options.ts';
import type { Machine } from '#engine/engine.ts';
import { Database } from '#storage/database.ts';
import { branchWork, CountSchema, increment } from './peer.ts';

/** The embedded engine as its users start it: a file, with fsync. */
export class BenchEngine {
  readonly engine: EmbeddedEngine;
  readonly #database: Database;
  #started = 0;

  constructor(
    folder: string,
    options: Pick<EmbeddedEngineOptions, 'functions'> & Partial<EmbeddedEngineOptions>,
  ) {
    this.#database = new Database(join(folder, 'engine.db'));
    this.engine = new EmbeddedEngine({ database: this.#database, ...options });
  }

  async deploy(...machines: readonly Machine[]): Promise<void> {
    for (const machine of machines) await this.engine.deploy(machine);
  }

  /** Runs an execution to its end; its output. */
  async run({ name: machine }: Machine, input: Json): Promise<Json> {
    const ref = { machine, name: `run-${this.#started++}` };
    await this.engine.start(ref, input);
    const { status, output, cause } = await this.engine.whenEnded(ref);
    if (status !== 'SUCCEEDED') throw new Error(`${ref.name} ended ${status}: ${cause}`);
    return output ?? null;
  }

  close(): void {
    this.engine.close();
    this.#database.close();
  }
}

/** The functions that the tasks of the benchmark call. */
export const FUNCTIONS: EmbeddedEngineOptions['functions'] = {
  IncrementFunctionArn: async (payload) => increment(CountSchema.parse(payload).n),
  BranchFunctionArn: branchWork,
};

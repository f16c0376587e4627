import type { Json } from '#core/json.ts';

/** The types of columns. A timestamp is a text of ISO 8601 until it is written; `json` is any value, as text where a cell takes no more. */
export type ColumnType = 'string' | 'number' | 'boolean' | 'timestamp' | 'json';

/** A column of what is exported. */
export interface ColumnDefinition {
  readonly name: string;
  readonly type: ColumnType;
  readonly unit?: string;
  readonly meaning: string;
  /** Whether it is marked as personal. */
  readonly personal?: true;
}

/** What somebody else tells of a column. */
export type ColumnNote = Partial<Pick<ColumnDefinition, 'unit' | 'meaning' | 'personal'>>;

/** A record as a row: values by column, without those that it has none for. */
export type Row = Readonly<Record<string, Json>>;

const ID = [
  { name: 'id', type: 'string', meaning: 'Execution, path and try; of a route, the id of the command.' },
  { name: 'at', type: 'timestamp', unit: 'UTC', meaning: 'When it was made.' },
] as const satisfies readonly ColumnDefinition[];

const ORIGIN = [
  { name: 'workflow', type: 'string', meaning: 'Workflow of the step.' },
  { name: 'workflow_version', type: 'string', meaning: 'Version of the workflow.' },
  { name: 'execution', type: 'string', meaning: 'Execution that asked.' },
  { name: 'path', type: 'string', meaning: 'Path of the step, with the iterations it is in.' },
  { name: 'attempt', type: 'number', unit: 'tries', meaning: 'Which try of the step; 0 is the first.' },
] as const satisfies readonly ColumnDefinition[];

/** The columns of every decision, around those of its inputs and outputs. */
export const DECISION_COLUMNS: {
  readonly before: readonly ColumnDefinition[];
  readonly after: readonly ColumnDefinition[];
} = {
  before: [
    ...ID,
    { name: 'decision', type: 'string', meaning: 'Name of the decision.' },
    { name: 'version', type: 'string', meaning: 'Version that has decided.' },
    {
      name: 'asked',
      type: 'string',
      meaning: 'Version that the step asks; another one on the side of a canary.',
    },
    { name: 'side', type: 'string', meaning: 'Side of a trial by a canary: base or canary.' },
    {
      name: 'propensity',
      type: 'number',
      unit: 'chance',
      meaning: 'With which chance this side was to decide; for estimates that weigh by it.',
    },
    ...ORIGIN,
  ],
  after: [
    { name: 'rules', type: 'json', meaning: 'Rules of a table that held, from 1.' },
    { name: 'otherwise', type: 'boolean', meaning: 'Whether no rule held and `otherwise` was given.' },
    { name: 'branch', type: 'string', meaning: 'Branch of a tree that was taken, the innermost.' },
    { name: 'omitted', type: 'json', meaning: 'Inputs, or `chosen`, that were too long to be kept.' },
    { name: 'status', type: 'string', meaning: 'How the execution ended; none while it runs.' },
    {
      name: 'success',
      type: 'boolean',
      meaning: 'Whether the execution went well; none where it has not ended, or was stopped.',
    },
    { name: 'ended_at', type: 'timestamp', unit: 'UTC', meaning: 'When the execution ended.' },
    { name: 'latency_ms', type: 'number', unit: 'ms', meaning: 'How long deciding took.' },
    { name: 'error', type: 'string', meaning: 'With what deciding failed.' },
    { name: 'shadow_version', type: 'string', meaning: 'Version in the shadow.' },
    { name: 'shadow_differs', type: 'boolean', meaning: 'Whether it would have decided otherwise.' },
    { name: 'shadow_chosen', type: 'json', meaning: 'What it would have decided.' },
    { name: 'shadow_error', type: 'string', meaning: 'With what it failed.' },
  ],
};

/** The columns of every choice of a device, around those of what was known. */
export const ROUTE_COLUMNS: typeof DECISION_COLUMNS = {
  before: [
    ...ID,
    { name: 'route', type: 'string', meaning: 'Workflow and path of the step, without iterations.' },
    ...ORIGIN,
  ],
  after: [
    { name: 'chosen', type: 'string', meaning: 'Device that was chosen.' },
    {
      name: 'options',
      type: 'json',
      meaning: 'Devices that did best with what spoke for each, the chosen first.',
    },
    { name: 'status', type: 'string', meaning: 'How the command ended; none while it is open.' },
    {
      name: 'success',
      type: 'boolean',
      meaning: 'Whether the step took the result; none where the end tells nothing: cancelled, never sent.',
    },
    { name: 'ended_at', type: 'timestamp', unit: 'UTC', meaning: 'When the command ended.' },
    { name: 'latency_ms', type: 'number', unit: 'ms', meaning: 'From sending to the answer of the device.' },
    { name: 'error', type: 'string', meaning: 'With what the command failed.' },
  ],
};

/** What columns of their own names there are beside the fixed ones, by how their names begin. */
const MEANINGS: Readonly<Record<string, (field: string) => string>> = {
  feature: (field) => `What was known when it was made: ${field}.`,
  chosen: (field) => `What was decided: ${field}, which is all of it where it is no object.`,
  scored: (field) => `What spoke for the device that was chosen: ${field}.`,
};

/** Finds out which columns rows have, and of which type each is: of mixed types `json`. */
export class ObservedColumns {
  readonly #fixed: typeof DECISION_COLUMNS;
  readonly #types = new Map<string, ColumnType>();
  readonly #filled = new Map<string, number>();
  #period: { readonly first?: Json; readonly last?: Json } = {};

  constructor(fixed: typeof DECISION_COLUMNS) {
    this.#fixed = fixed;
  }

  /** When the first and the last row were made; nothing where there is none. */
  get period(): { readonly first?: Json; readonly last?: Json } {
    return this.#period;
  }

  observe(row: Row): void {
    const { at = null } = row;
    this.#period = { first: at, ...this.#period, last: at };
    for (const [name, value] of Object.entries(row)) {
      if (value === null) continue;
      this.#filled.set(name, (this.#filled.get(name) ?? 0) + 1);
      const type = typeOf(value);
      const known = this.#types.get(name) ?? type;
      this.#types.set(name, known === type ? type : 'json');
    }
  }

  /** All columns, in the order in which they are written: what was known before what was chosen. */
  all(): readonly ColumnDefinition[] {
    const { before, after } = this.#fixed;
    const fixed = new Set([...before, ...after].map(({ name }) => name));
    const own = [...this.#types.keys()]
      .filter((name) => !fixed.has(name))
      .map(
        (name): ColumnDefinition => ({
          name,
          type: this.#types.get(name) ?? 'json',
          meaning: meaningOf(name),
        }),
      );
    const groups = Object.keys(MEANINGS).map((group) => own.filter(({ name }) => groupOf(name) === group));
    return [...before, ...groups.flat(), ...after];
  }

  /** In how many rows a column has a value. */
  filled(name: string): number {
    return this.#filled.get(name) ?? 0;
  }
}

function groupOf(name: string): string {
  return name.split('.')[0] ?? '';
}

function meaningOf(name: string): string {
  const field = name.slice(groupOf(name).length + 1);
  return MEANINGS[groupOf(name)]?.(field) ?? field;
}

function typeOf(value: Json): ColumnType {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'number') return 'number';
  return typeof value === 'boolean' ? 'boolean' : 'json';
}

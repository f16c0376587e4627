import * as z from 'zod';
import type { Observation } from './observation.ts';

/** So many devices and executions of an alert are named; the others are counted, up to so many. */
const MOST_NAMED = 20;
const MOST_COUNTED = 1_000;

/** Which devices and executions an alert is about, the latest first. */
export interface Evidence {
  readonly devices: readonly string[];
  readonly executions: readonly string[];
  /** How many devices there are. */
  readonly deviceCount: number;
  readonly error?: string | undefined;
  /** Workflow of the latest of them that has one. */
  readonly workflow?: string | undefined;
}

const TimesSchema = z.array(z.tuple([z.string(), z.number()]));

/** What is remembered of devices and executions, as JSON. */
export const SavedEvidenceSchema = z.object({
  devices: TimesSchema,
  executions: TimesSchema,
  error: z.string().optional(),
  workflow: z.string().optional(),
});

/** What is remembered of devices and executions, as JSON. */
export type SavedEvidence = z.infer<typeof SavedEvidenceSchema>;

/** Remembers which devices and executions a series was about lately, a bounded number of them. */
export class EvidenceKeeper {
  readonly #devices = new Map<string, number>();
  readonly #executions = new Map<string, number>();
  #error: string | undefined;
  #workflow: string | undefined;

  /** Takes what belongs to what the alert is about. */
  take(seen: Observation): void {
    const { device, execution, workflow, at } = seen;
    note(this.#devices, device, at);
    note(this.#executions, execution, at);
    const error = seen.data('error');
    if (typeof error === 'string') this.#error = error;
    if (workflow !== undefined) this.#workflow = workflow;
  }

  /** The latest of what it remembers: so many devices and executions, and no fewer than are named. */
  save(most: number): SavedEvidence {
    const devices = newest(this.#devices, most);
    const executions = newest(this.#executions, most);
    return { devices, executions, error: this.#error, workflow: this.#workflow };
  }

  /** Takes what another remembered. */
  resume({ devices, executions, error, workflow }: SavedEvidence): void {
    for (const [device, at] of devices) note(this.#devices, device, at);
    for (const [execution, at] of executions) note(this.#executions, execution, at);
    this.#error = error;
    this.#workflow = workflow;
  }

  /** What there was since some time. */
  since(from: number): Evidence {
    const devices = latest(this.#devices, from);
    return {
      devices: devices.slice(0, MOST_NAMED),
      executions: latest(this.#executions, from).slice(0, MOST_NAMED),
      deviceCount: devices.length,
      error: this.#error,
      workflow: this.#workflow,
    };
  }
}

function note(known: Map<string, number>, name: string | undefined, at: number): void {
  if (name === undefined) return;
  known.delete(name);
  known.set(name, at);
  if (known.size > MOST_COUNTED) known.delete(known.keys().next().value ?? '');
}

function newest(known: ReadonlyMap<string, number>, most: number): [string, number][] {
  return [...known].slice(-Math.max(MOST_NAMED, most));
}

function latest(known: Map<string, number>, from: number): readonly string[] {
  return [...known].flatMap(([name, at]) => (at >= from ? [name] : [])).reverse();
}

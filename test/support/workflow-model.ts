import { graphOf, topologicalOrder } from '#compiler/graph.ts';
import type { Json } from '#core/json.ts';
import type { CatchClause, Step, Workflow } from '#definition/model.ts';
import type { Need } from '#definition/step-parts.ts';
import { LOOPS } from '#support/random-workflow.ts';

/** What a workflow of `anyWorkflow` must do by the words of the language, told without compiling it. */
export interface Expected {
  readonly status: 'SUCCEEDED' | 'FAILED';
  /** Outputs of the steps that have one, by id. */
  readonly output: Readonly<Record<string, Json>>;
  /** By the path of each command: what it sees. */
  readonly seen: ReadonlyMap<string, Json>;
  /** Beginnings of paths, inside of blocks that failed: which of those commands were sent depends on which failed first. */
  readonly uncertain: readonly string[];
}

/** What the fake device answers to the command of a step. */
export function answerOf(path: string): Json {
  return [null, [path], { path }][path.length % 3] ?? null;
}

class StepFailed extends Error {}

/** How the paths inside a block go on; those of a lock do as those of its handlers. */
const INSIDE: Readonly<Record<string, string>> = { parallel: '.b', lock: '.' };

type Values = Map<string, Json>;

/** Tells what a workflow must do. */
export function expectedOf(workflow: Workflow): Expected {
  const model = new Model();
  const values: Values = new Map();
  try {
    model.runList(workflow.steps, values, '');
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    return { status: 'FAILED', output: {}, seen: model.seen, uncertain: [''] };
  }
  const outputs = workflow.steps.flatMap(({ id }) => {
    const value = values.get(id);
    return value === undefined ? [] : [[id, value] as const];
  });
  return {
    status: 'SUCCEEDED',
    output: Object.fromEntries(outputs),
    seen: model.seen,
    uncertain: model.uncertain,
  };
}

class Model {
  readonly seen = new Map<string, Json>();
  readonly uncertain: string[] = [];

  /** Runs a list, adds its values, and gives the output of its last step. */
  runList(steps: readonly Step[], values: Values, path: string): Json {
    const byId = new Map(steps.map((step) => [step.id, step]));
    const failed = new Set<string>();
    for (const id of topologicalOrder(graphOf(steps))) {
      const step = byId.get(id);
      if (step === undefined || !this.#starts(step, values, failed)) continue;
      if (!this.#runCaught(step, values, path)) failed.add(id);
    }
    return values.get(steps.at(-1)?.id ?? '') ?? null;
  }

  #starts(step: Step, values: Values, failed: ReadonlySet<string>): boolean {
    const holds = ({ step: id, outcome }: Need): boolean => {
      if (outcome === 'succeeded') return values.has(id);
      if (outcome === 'failed') return failed.has(id);
      return outcome === 'done' || (!values.has(id) && !failed.has(id));
    };
    return (step.needs ?? []).every(holds) && step.if !== 'false';
  }

  /** Whether the step went well; false when its failure was caught. */
  #runCaught(step: Step, values: Values, path: string): boolean {
    const own = `${path}${step.id}`;
    const before = new Map(this.seen);
    try {
      values.set(step.id, this.#run(step, values, own));
      return true;
    } catch (error) {
      const clauses = 'catch' in step ? step.catch : undefined;
      if (!(error instanceof StepFailed) || clauses === undefined) throw error;
      if (step.kind !== 'command') this.#forget(before, `${own}${INSIDE[step.kind] ?? '['}`);
      this.#handle(clauses, values, own);
      return false;
    }
  }

  #forget(before: ReadonlyMap<string, Json>, path: string): void {
    for (const known of this.seen.keys()) if (!before.has(known)) this.seen.delete(known);
    this.uncertain.push(path);
  }

  #handle(clauses: readonly CatchClause[], values: Values, path: string): void {
    for (const { steps } of clauses) this.runList(steps, values, `${path}.`);
  }

  #run(step: Step, values: Values, path: string): Json {
    switch (step.kind) {
      case 'command': {
        const names = step.with['names'];
        const list: readonly Json[] = Array.isArray(names) ? names : [];
        const seen = list.map((name) => [
          String(name),
          values.get(String(name)) ?? absent(values, String(name)),
        ]);
        this.seen.set(path, Object.fromEntries(seen));
        if (step.command === 'fail') throw new StepFailed();
        return answerOf(path);
      }
      case 'choose': {
        const taken = step.branches.find((branch) => branch.if !== 'false');
        return taken === undefined ? null : this.runList(taken.steps, values, `${path}.`);
      }
      case 'parallel': {
        const branches = Object.entries(step.branches).map(([name, steps]) => {
          const inner = new Map(values);
          return { name, inner, output: this.runList(steps, inner, `${path}.${name}.`) };
        });
        for (const { inner } of branches) for (const [id, value] of inner) values.set(id, value);
        return Object.fromEntries(branches.map(({ name, output }) => [name, output]));
      }
      case 'set':
        return step.values;
      case 'lock': {
        const inner = new Map(values);
        const output = this.runList(step.steps, inner, `${path}.`);
        for (const [id, value] of inner) values.set(id, value);
        return output;
      }
      case 'while':
        if (step.condition === 'false') return null;
        for (let index = 0; index < LOOPS; index++)
          this.runList(step.steps, new Map(values), `${path}[${index}].`);
        throw new StepFailed();
      case 'forEach':
        return [0, 1].map((index) => this.runList(step.steps, new Map(values), `${path}[${index}].`));
      default:
        throw new Error(`no step of kind ${step.kind} is drawn`);
    }
  }
}

function absent(values: Values, name: string): Json {
  return values.has(name) ? null : 'none';
}

import { z } from 'zod';
import type { Diagnostic } from '#core/diagnostic.ts';
import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import { readExpression } from '#expression/delimiters.ts';
import { type DocumentPath, formatPath } from './document-path.ts';
import type { CatchClause, Compensate, Fallible, Need, Outcome, Retry, Step, StepBase } from './model.ts';
import { durationMs, readRetry } from './read-retry.ts';
import { checkShape } from './shape.ts';
import type { Source } from './source.ts';
import { didYouMean } from './suggest.ts';
import { LATER_FIELDS, type StepKind, stepSchemas } from './workflow.ts';

/** What steps get that do not say otherwise. */
export interface StepDefaults {
  /** For commands. */
  readonly timeoutMs: number | undefined;
  /** Of a command, as the catalogue has it. */
  catalogueTimeoutMs(command: string): number | undefined;
  /** For commands. */
  readonly retry: Retry | undefined;
}

/** How long a command is waited for where nothing says. */
const DEFAULT_TIMEOUT_MS = 60_000;

const SCHEMAS = stepSchemas(z.array(z.json()).min(1, 'a list of steps has at least one'));
type Shapes = { [Kind in StepKind]: z.infer<(typeof SCHEMAS)[Kind]> };
const KINDS = Object.keys(SCHEMAS) as StepKind[];

/** Reads lists of steps, one level at a time; what has not its shape is left out and reported. */
export class StepReader {
  readonly diagnostics: Diagnostic[] = [];
  readonly ids = new Set<string>();
  readonly #source: Source;
  readonly #defaults: StepDefaults;

  constructor(source: Source, defaults: StepDefaults) {
    this.#source = source;
    this.#defaults = defaults;
  }

  /** The steps of a list that have their shape. */
  readList(list: readonly Json[], path: DocumentPath): Step[] {
    return list.flatMap((raw, index) => this.#readStep(raw, [...path, index]) ?? []);
  }

  #readStep(raw: Json, path: DocumentPath): Step | undefined {
    if (!isJsonObject(raw)) {
      this.diagnostics.push(
        this.#source.diagnose(path, { code: 'SW1103', message: 'a step is a map with an id and a kind' }),
      );
      return undefined;
    }
    if (typeof raw['id'] === 'string') this.ids.add(raw['id']);
    const kind = this.#kindOf(raw, path);
    if (kind === undefined) return undefined;
    const place = { source: this.#source, path };
    switch (kind) {
      case 'command':
        return this.#shaped(checkShape(SCHEMAS.command, raw, place), (step) => this.#command(step, path));
      case 'devices':
        return this.#shaped(checkShape(SCHEMAS.devices, raw, place), (step) => this.#devices(step, path));
      case 'choose':
        return this.#shaped(checkShape(SCHEMAS.choose, raw, place), (step) => this.#choose(step, path));
      case 'parallel':
        return this.#shaped(checkShape(SCHEMAS.parallel, raw, place), (step) => this.#parallel(step, path));
      case 'forEach':
        return this.#shaped(checkShape(SCHEMAS.forEach, raw, place), (step) => this.#forEach(step, path));
      case 'wait':
        return this.#shaped(checkShape(SCHEMAS.wait, raw, place), (step) => this.#wait(step, path));
      case 'set':
        return this.#shaped(checkShape(SCHEMAS.set, raw, place), (step) => ({
          ...base(step, path),
          kind: 'set',
          values: step.set,
        }));
      case 'succeed':
        return this.#shaped(checkShape(SCHEMAS.succeed, raw, place), (step) => ({
          ...base(step, path),
          kind: 'succeed',
          output: step.succeed === true ? undefined : step.succeed.output,
        }));
      case 'fail':
        return this.#shaped(checkShape(SCHEMAS.fail, raw, place), (step) => ({
          ...base(step, path),
          kind: 'fail',
          error: step.fail.error,
          cause: step.fail.cause,
        }));
    }
  }

  #shaped<T>(
    shaped: ReturnType<typeof checkShape> & ({ ok: true; value: T } | { ok: false }),
    build: (value: T) => Step,
  ): Step | undefined {
    if (shaped.ok) return build(shaped.value);
    this.diagnostics.push(...shaped.diagnostics);
    return undefined;
  }

  #kindOf(raw: JsonObject, path: DocumentPath): StepKind | undefined {
    const kinds = KINDS.filter((kind) => raw[kind] !== undefined);
    const [kind, second] = kinds;
    if (kind !== undefined && second === undefined) return kind;
    const later = Object.keys(raw).find((key) => LATER_FIELDS.includes(key));
    if (kind !== undefined) {
      const message = `a step is one thing, and this is several: ${kinds.join(', ')}`;
      this.diagnostics.push(
        this.#source.diagnose(path, { code: 'SW1105', message, hint: 'make it several steps' }),
      );
    } else if (later !== undefined) {
      const message = `"${later}" is not in this release yet`;
      this.diagnostics.push(this.#source.diagnose([...path, later], { code: 'SW1106', message }, 'key'));
    } else {
      const unknown = Object.keys(raw).find((key) => !COMMON.has(key));
      const message = unknown === undefined ? 'the step has no kind' : `"${unknown}" is no kind of step`;
      const hint =
        (unknown === undefined ? {} : didYouMean(unknown, KINDS)).hint ??
        `a step has one of ${KINDS.join(', ')}`;
      const at = unknown === undefined ? path : [...path, unknown];
      this.diagnostics.push(this.#source.diagnose(at, { code: 'SW1104', message, hint }, 'key'));
    }
    return undefined;
  }

  #command(step: Shapes['command'], path: DocumentPath): Step {
    const timeoutMs = durationMs(step.timeout) ?? this.#usualTimeoutMs(step.command) ?? DEFAULT_TIMEOUT_MS;
    const compensate: Compensate | undefined = step.compensate && {
      command: step.compensate.command,
      device: step.compensate.device,
      with: step.compensate.with ?? {},
      timeoutMs:
        durationMs(step.compensate.timeout) ?? this.#usualTimeoutMs(step.compensate.command) ?? timeoutMs,
    };
    return {
      ...base(step, path),
      ...this.#fallible(step, path),
      retry: step.retry === undefined ? this.#defaults.retry : readRetry(step.retry),
      kind: 'command',
      command: step.command,
      device: step.device,
      with: step.with ?? {},
      timeoutMs,
      expiresMs: durationMs(step.expires) ?? 0,
      priority: step.priority ?? 500,
      expect: expression(step.expect),
      compensate,
    };
  }

  #usualTimeoutMs(command: string): number | undefined {
    return this.#defaults.timeoutMs ?? this.#defaults.catalogueTimeoutMs(command);
  }

  #devices(step: Shapes['devices'], path: DocumentPath): Step {
    return {
      ...base(step, path),
      ...this.#fallible(step, path),
      kind: 'devices',
      where: step.devices.where,
      requires: step.devices.requires ?? {},
    };
  }

  #choose(step: Shapes['choose'], path: DocumentPath): Step {
    const branches = step.choose.map((branch, index) => ({
      if: 'if' in branch ? expression(branch.if) : undefined,
      steps: this.readList(branch.steps, [...path, 'choose', index, 'steps']),
    }));
    return { ...base(step, path), kind: 'choose', branches };
  }

  #parallel(step: Shapes['parallel'], path: DocumentPath): Step {
    const branches = Object.entries(step.parallel).map(
      ([name, steps]) => [name, this.readList(steps, [...path, 'parallel', name])] as const,
    );
    return {
      ...base(step, path),
      ...this.#fallible(step, path),
      kind: 'parallel',
      branches: Object.fromEntries(branches),
    };
  }

  #forEach(step: Shapes['forEach'], path: DocumentPath): Step {
    return {
      ...base(step, path),
      ...this.#fallible(step, path),
      kind: 'forEach',
      items: expression(step.forEach) ?? '',
      as: step.as ?? 'item',
      maxConcurrency: step.maxConcurrency,
      tolerate: step.tolerate,
      steps: this.readList(step.steps, [...path, 'steps']),
    };
  }

  #wait(step: Shapes['wait'], path: DocumentPath): Step {
    if ('until' in step.wait) return { ...base(step, path), kind: 'wait', wait: { until: step.wait.until } };
    const seconds = readExpression(step.wait.for)?.text;
    const wait = seconds === undefined ? { ms: durationMs(step.wait.for) ?? 0 } : { seconds };
    return { ...base(step, path), kind: 'wait', wait };
  }

  #fallible(step: Pick<Shapes['devices'], 'retry' | 'catch'>, path: DocumentPath): Fallible {
    return {
      retry: step.retry === undefined ? undefined : readRetry(step.retry),
      catch: step.catch === undefined ? undefined : this.#catch(step.catch, path),
    };
  }

  #catch(clauses: NonNullable<Shapes['devices']['catch']>, path: DocumentPath): readonly CatchClause[] {
    if (clauses === 'continue') return [{ on: undefined, steps: [] }];
    return clauses.map(({ on, steps }, index) => ({
      on,
      steps: steps === undefined ? [] : this.readList(steps, [...path, 'catch', index, 'steps']),
    }));
  }
}

const COMMON = new Set(['id', 'name', 'if', 'needs', 'retry', 'catch', 'timeout', 'with', 'steps', 'output']);

function base(step: Pick<Shapes['set'], 'id' | 'name' | 'if' | 'needs'>, path: DocumentPath): StepBase {
  const needs = step.needs?.map(readNeed);
  return { id: step.id, title: step.name, at: formatPath(path), if: expression(step.if), needs };
}

const OUTCOMES: readonly Outcome[] = ['failed', 'skipped', 'done'];

/** `a` is a need of success; `a.failed`, `a.skipped` and `a.done` of another outcome. */
function readNeed(text: string): Need {
  const dot = text.lastIndexOf('.');
  const outcome = OUTCOMES.find((known) => dot > 0 && known === text.slice(dot + 1));
  return outcome === undefined ? { step: text, outcome: 'succeeded' } : { step: text.slice(0, dot), outcome };
}

function expression(text: string | undefined): string | undefined {
  return text === undefined ? undefined : (readExpression(text)?.text ?? text);
}

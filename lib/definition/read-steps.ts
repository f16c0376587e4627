import type { Diagnostic } from '#core/diagnostic.ts';
import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import type { DocumentPath } from './document-path.ts';
import { LATER_FIELDS } from './later-fields.ts';
import type { Step } from './model.ts';
import type { Reading, StepDefaults } from './reading.ts';
import type { Finding, Source } from './source.ts';
import { STEP_KINDS, STEP_READERS, type StepKind } from './step-kinds.ts';
import { didYouMean } from './suggest.ts';

/** Reads lists of steps, one level at a time; what has not its shape is left out and reported. */
export class StepReader {
  readonly diagnostics: Diagnostic[] = [];
  /** Every id that a step has, also of those that are left out. */
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
      this.#report(path, { code: 'SW1103', message: 'a step is a map with an id and a kind' }, 'value');
      return undefined;
    }
    if (typeof raw['id'] === 'string') this.ids.add(raw['id']);
    const kind = this.#kindOf(raw, path);
    if (kind === undefined) return undefined;
    const reading: Reading = {
      path,
      defaults: this.#defaults,
      readList: (list, inside) => this.readList(list, inside),
    };
    const shaped = STEP_READERS[kind](raw, { source: this.#source, path }, reading);
    if (shaped.ok) return shaped.value;
    this.diagnostics.push(...shaped.diagnostics);
    return undefined;
  }

  #kindOf(raw: JsonObject, path: DocumentPath): StepKind | undefined {
    const kinds = STEP_KINDS.filter((kind) => raw[kind] !== undefined);
    const [kind, second] = kinds;
    if (kind !== undefined && second === undefined) return kind;
    if (kind === undefined) this.#reportNoKind(raw, path);
    else {
      const message = `a step is one thing, and this is several: ${kinds.join(', ')}`;
      this.#report(path, { code: 'SW1105', message, hint: 'make it several steps' }, 'value');
    }
    return undefined;
  }

  #reportNoKind(raw: JsonObject, path: DocumentPath): void {
    const later = Object.keys(raw).find((key) => LATER_FIELDS.includes(key));
    if (later !== undefined) {
      const message = `"${later}" is not in this release yet`;
      this.#report([...path, later], { code: 'SW1106', message }, 'key');
      return;
    }
    const unknown = Object.keys(raw).find((key) => !COMMON.has(key));
    const all = { hint: `a step has one of ${STEP_KINDS.join(', ')}` };
    const finding =
      unknown === undefined
        ? { message: 'the step has no kind', ...all }
        : { message: `"${unknown}" is no kind of step`, ...all, ...didYouMean(unknown, STEP_KINDS) };
    this.#report(unknown === undefined ? path : [...path, unknown], { code: 'SW1104', ...finding }, 'key');
  }

  #report(path: DocumentPath, finding: Finding, at: 'key' | 'value'): void {
    this.diagnostics.push(this.#source.diagnose(path, finding, at));
  }
}

/** Fields that make a step none of a kind. */
const COMMON = new Set([
  ...['id', 'name', 'if', 'needs', 'retry', 'catch', 'timeout', 'with', 'steps', 'output'],
  ...['uses', 'cache', 'expect', 'compensate', 'device'],
]);

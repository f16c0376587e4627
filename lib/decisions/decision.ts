import { createHash } from 'node:crypto';
import { type Clock, systemClock } from '#core/clock.ts';
import type { Json, JsonObject } from '#core/json.ts';
import type { DecisionFile } from '#definition/decision/decision.ts';
import { readExpression } from '#expression/delimiters.ts';
import { Compiling } from './compiling.ts';
import { decisionFault } from './fault.ts';
import { compileInputs } from './inputs.ts';
import { compileOutputs, compileTemplate, compileWhole, evaluateTemplate, type Outputs } from './outputs.ts';
import { Reads } from './reads.ts';
import { Run, type RunOf } from './run.ts';
import { runSteps, type Steps } from './steps.ts';
import { compileTable, type Decide, type Decided } from './table/compile-table.ts';
import type { Answer, Trace } from './trace.ts';
import { compileTree } from './tree.ts';

/** A decision as a function, with its reference data and the decisions that it goes by. */
export interface CompiledDecision {
  readonly file: DecisionFile;
  readonly data: JsonObject;
  /** By the name that each has in it. */
  readonly uses: ReadonlyMap<string, UsedDecision>;
  /** Whether it, or one that it goes by, has expressions that take JSONata. */
  readonly takesJsonata: boolean;
  /** The same for decisions that decide the same: a hash of its file, its reference data and the decisions that it goes by. */
  fingerprint(): string;
  /** Checks what it is asked with, and fills in what is left out. Throws Decision.InvalidInput. */
  readInput(given: Json): JsonObject;
  /** Decides; `of` says how deep in other decisions this is, how much time there is, and where to note what it reads. */
  run(given: Json, of: RunOf, tellAll: boolean): Steps<Answer>;
}

/** A decision that another goes by: asked when an expression first reads it. */
export interface UsedDecision {
  decide(run: Run): Steps<Answer>;
}

/** What a decision needs besides its file. */
export interface DecisionParts {
  /** Values by the name of the reference data. Default: those that stand in the file itself. */
  readonly data?: JsonObject;
  /** The decisions that it goes by, by the name they have in it. */
  readonly uses?: ReadonlyMap<string, CompiledDecision>;
}

/** How a decision is evaluated. */
export interface DecideOptions {
  /** Time for all of it, in ms. Default 1,000. */
  readonly timeoutMs?: number;
  /** Whether the trace tells of each rule that does not hold why. Default false. */
  readonly tellAll?: boolean;
  readonly clock?: Clock;
  /** Where it is noted what is read of the input. Default: nowhere. */
  readonly reads?: Reads;
}

const DEFAULT_TIMEOUT_MS = 1_000;

/** Makes a decision a function, once for many evaluations. Its file has been validated. */
export function compileDecision(file: DecisionFile, parts: DecisionParts = {}): CompiledDecision {
  const compiling = new Compiling(file);
  const decide = compileForm(file, compiling);
  const readInput = compileInputs(file);
  const decision: CompiledDecision = {
    file,
    data: parts.data ?? valuesIn(file),
    uses: compileUses(parts.uses ?? new Map(), compiling),
    takesJsonata:
      compiling.takesJsonata || [...(parts.uses?.values() ?? [])].some((used) => used.takesJsonata),
    readInput,
    fingerprint: fingerprintOf(file, parts),
    *run(given, of, tellAll) {
      const run = new Run(decision, readInput(given), of);
      const { output, trace } = yield* decide(run, tellAll);
      return { output, trace: complete(run, output, trace) };
    },
  };
  return decision;
}

/** Raised when a release decides the same file otherwise, so that it finds no answers of releases before it. */
const FORM = 1;

/** Made when it is first asked for: reference data may be long. */
function fingerprintOf(file: DecisionFile, { data, uses }: DecisionParts): () => string {
  let known: string | undefined;
  return () => {
    known ??= hashOf([
      FORM,
      file,
      data ?? null,
      [...(uses ?? [])].map(([name, used]) => [name, used.fingerprint()]),
    ]);
    return known;
  };
}

function hashOf(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/**
 * Decides: at once where no expression takes JSONata, else as a promise. Throws, or rejects with, a DecisionError that
 * names the place of what is wrong.
 */
export function decide(
  decision: CompiledDecision,
  input: Json,
  { timeoutMs = DEFAULT_TIMEOUT_MS, tellAll = false, clock = systemClock, reads }: DecideOptions = {},
): Answer | Promise<Answer> {
  let end: number | undefined;
  // The clock runs from the first time that somebody asks: what takes no JSONata takes no time to speak of.
  const leftMs = (): number => {
    end ??= clock.now() + timeoutMs;
    return end - clock.now();
  };
  return runSteps(decision.run(input, { depth: 0, leftMs, reads }, tellAll));
}

function compileForm(file: DecisionFile, compiling: Compiling): Decide {
  if (file.table !== undefined) return compileTable(file.table, compiling);
  if (file.tree !== undefined) return compileTree(file.tree, compiling);
  const { expression = {} } = file;
  const outputs: Outputs =
    typeof expression === 'string'
      ? compileWhole(readExpression(expression)?.text ?? expression, 'expression', compiling)
      : compileOutputs(expression, 'expression', compiling);
  return function* decideExpression(run) {
    return { output: outputs.constant ?? (yield* outputs.evaluate(run)), trace: {} };
  };
}

function valuesIn({ data = {} }: DecisionFile): JsonObject {
  return Object.fromEntries(
    Object.entries(data).flatMap(([name, reference]) =>
      'values' in reference ? [[name, reference.values]] : [],
    ),
  );
}

function compileUses(
  uses: ReadonlyMap<string, CompiledDecision>,
  compiling: Compiling,
): ReadonlyMap<string, UsedDecision> {
  return new Map(
    Object.entries(compiling.file.decisions ?? {}).map(([name, { input }]) => {
      const used = uses.get(name);
      const place = `decisions.${name}`;
      const template = input === undefined ? undefined : compileTemplate(input, `${place}.input`, compiling);
      return [
        name,
        {
          *decide(run): Steps<Answer> {
            if (used === undefined)
              throw decisionFault('Decision.Unknown', place, 'this decision is not there');
            const given =
              template === undefined
                ? shared(run.input, used.file)
                : ((yield* evaluateTemplate(template, run)) ?? null);
            // What is given to it has been noted here; of its own reads only whether they can be trusted is new.
            const reads = run.reads === undefined ? undefined : new Reads();
            const of = { depth: run.depth + 1, leftMs: run.leftMs, reads };
            const answer = yield* used.run(given, of, false);
            if (run.reads !== undefined && reads?.isPure === false) run.reads.isPure = false;
            return answer;
          },
        },
      ];
    }),
  );
}

/** The inputs that two decisions have in common. */
function shared(input: JsonObject, { inputs }: DecisionFile): JsonObject {
  const names = Object.keys(input).filter((name) => Object.hasOwn(inputs, name));
  return Object.fromEntries(names.flatMap((name) => pairOf(name, input[name])));
}

function pairOf(name: string, value: Json | undefined): [string, Json][] {
  return value === undefined ? [] : [[name, value]];
}

function complete({ decision: { file }, dataRead, used }: Run, output: Json, trace: Decided['trace']): Trace {
  const whole: Writable<Trace> = { decision: file.decision, version: file.version, output };
  Object.assign(whole, trace);
  if (dataRead !== undefined) whole.data = [...dataRead];
  if (used !== undefined) whole.decisions = Object.fromEntries(used);
  return whole;
}

type Writable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

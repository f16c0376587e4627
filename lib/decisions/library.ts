import type { Diagnostic } from '#core/diagnostic.ts';
import { highestInRange } from '#definition/pin-versions.ts';
import { didYouMean } from '#definition/suggest.ts';
import { type CompiledDecision, compileDecision } from './decision.ts';
import { MAX_DEPTH } from './run.ts';
import type { SourcedDecision } from './sourced-decision.ts';

/** Decisions that may go by each other, such as those of a project. */
export class Library {
  readonly #versions: ReadonlyMap<string, ReadonlyMap<string, SourcedDecision>>;
  readonly #compiled = new Map<SourcedDecision, CompiledDecision>();

  constructor(decisions: readonly SourcedDecision[]) {
    const byName = Map.groupBy(decisions, ({ file }) => file.decision);
    this.#versions = new Map(
      [...byName].map(([name, own]) => [name, new Map(own.map((each) => [each.file.version, each]))]),
    );
  }

  /** The names of all. */
  get names(): readonly string[] {
    return [...this.#versions.keys()];
  }

  /** The versions of one; none where there is no such decision. */
  versionsOf(name: string): readonly string[] {
    return [...(this.#versions.get(name)?.keys() ?? [])];
  }

  /** The highest version in a range; of any, where none is given. */
  find(name: string, range?: string): SourcedDecision | undefined {
    const version = highestInRange(this.versionsOf(name), range);
    return version === undefined ? undefined : this.#versions.get(name)?.get(version);
  }

  /** What a decision goes by, by the name it has there; undefined where there is none. */
  usesOf({ file }: SourcedDecision): ReadonlyMap<string, SourcedDecision | undefined> {
    const used = Object.entries(file.decisions ?? {});
    return new Map(used.map(([name, { decision, version }]) => [name, this.find(decision, version)]));
  }

  /** A decision as a function, with those that it goes by. It is one of which {@link faultsOf} tells nothing. */
  compile(decision: SourcedDecision): CompiledDecision {
    const known = this.#compiled.get(decision);
    if (known !== undefined) return known;
    const uses = [...this.usesOf(decision)].flatMap(([name, used]) =>
      used === undefined ? [] : [[name, this.compile(used)] as const],
    );
    const compiled = compileDecision(decision.file, { data: decision.data, uses: new Map(uses) });
    this.#compiled.set(decision, compiled);
    return compiled;
  }

  /** What is wrong with what a decision goes by: it is not there, or leads back to it, or too far. */
  faultsOf(decision: SourcedDecision): readonly Diagnostic[] {
    return [...this.usesOf(decision)].flatMap(([name, used]) => {
      const asked = decision.file.decisions?.[name];
      if (asked === undefined) return [];
      if (used === undefined) return [this.#unknown(decision, name)];
      const circle = this.#pathTo(decision, [used]);
      if (circle === undefined) return [];
      const names = circle.map(({ file }) => file.decision).join(' → ');
      return [
        decision.source.diagnose(['decisions', name, 'decision'], {
          code: 'SW1822',
          message:
            circle.length > MAX_DEPTH
              ? `decisions go by each other more than ${MAX_DEPTH} deep`
              : `this decision goes by itself: ${decision.file.decision} → ${names}`,
          hint: 'take one of them out',
        }),
      ];
    });
  }

  #unknown({ source, file }: SourcedDecision, name: string): Diagnostic {
    const { decision = '', version } = file.decisions?.[name] ?? {};
    const versions = this.versionsOf(decision);
    const isKnown = versions.length > 0;
    return source.diagnose(['decisions', name, isKnown ? 'version' : 'decision'], {
      code: 'SW1823',
      message: isKnown
        ? `no version of the decision "${decision}" is in the range ${version}`
        : `there is no decision "${decision}"`,
      ...(isKnown ? { hint: `there is ${versions.join(', ')}` } : didYouMean(decision, this.names)),
    });
  }

  /** How some decisions lead to another, or a path that is too long; undefined where they do neither. */
  #pathTo(goal: SourcedDecision, path: readonly SourcedDecision[]): readonly SourcedDecision[] | undefined {
    const last = path.at(-1);
    if (last === undefined || last === goal || path.length > MAX_DEPTH) return path;
    for (const used of this.usesOf(last).values()) {
      if (used === undefined || path.includes(used)) continue;
      const found = this.#pathTo(goal, [...path, used]);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

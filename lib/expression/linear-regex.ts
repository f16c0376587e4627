import { RE2JS } from 're2js';

/** Time that one has for all its matches, in ms: each is linear, but there may be as many as characters. */
const MAX_MS = 1_000;

/**
 * A regular expression that takes time linear to the text it looks at, whatever it is: RE2's algorithm (Russ Cox, 2010)
 * in the place of backtracking, for patterns and texts that come from outside. It has no backreferences and no
 * lookaround; a pattern with them throws. Of RegExp it has what jsonata uses.
 */
export class LinearRegExp {
  lastIndex = 0;
  readonly #pattern: RE2JS;
  #spentMs = 0;

  constructor(pattern: RegExp | string) {
    this.#pattern = RE2JS.compile(RE2JS.translateRegExp(pattern), flagsOf(pattern));
  }

  /** The next match from `lastIndex` on, as of a RegExp with the flag `g`. */
  exec(text: string): ((string | undefined)[] & { index: number }) | null {
    if (this.#spentMs > MAX_MS) throw new Error(`a regular expression took more than ${MAX_MS} milliseconds`);
    const began = performance.now();
    const matcher = this.#pattern.matcher(text);
    const found = this.lastIndex <= text.length && matcher.find(this.lastIndex);
    this.#spentMs += performance.now() - began;
    if (!found) {
      this.lastIndex = 0;
      return null;
    }
    this.lastIndex = matcher.end();
    const groups = Array.from(
      { length: matcher.groupCount() + 1 },
      (_, at) => matcher.group(at) ?? undefined,
    );
    return Object.assign(groups, { index: matcher.start() });
  }

  /** The pattern; ajv tells patterns apart by it. */
  toString(): string {
    return this.#pattern.pattern();
  }

  /** Whether the text matches anywhere. */
  test(text: string): boolean {
    return this.#pattern.matcher(text).find();
  }
}

/** What ajv makes the patterns of JSON Schemas with. */
export const schemaRegExp = Object.assign((pattern: string) => new LinearRegExp(pattern), {
  code: 'linear-regex',
});

function flagsOf(pattern: RegExp | string): number {
  if (typeof pattern === 'string') return 0;
  return (pattern.ignoreCase ? RE2JS.CASE_INSENSITIVE : 0) | (pattern.multiline ? RE2JS.MULTILINE : 0);
}

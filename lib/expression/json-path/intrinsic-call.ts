import { JsonPathError } from './path-error.ts';
import { parseReference } from './reference.ts';

/** Longest call, in characters. */
const MAX_CALL_LENGTH = 10_000;
/** Calls inside calls, as deep as Step Functions takes them (Developer Guide, "Intrinsic functions", "Fields"). */
const MAX_NESTING = 10;
const MAX_CACHED = 2_000;

/** An argument of a call. */
export type IntrinsicArgument =
  | { readonly kind: 'constant'; readonly value: string | number | boolean | null }
  /** A text, with `{}` for what is filled in; only States.Format looks at those. */
  | { readonly kind: 'text'; readonly value: string; readonly written: string }
  | { readonly kind: 'path'; readonly text: string }
  | { readonly kind: 'call'; readonly call: IntrinsicCall };

/** A call of an intrinsic function, such as `States.Format('{}', $.name)`. */
export interface IntrinsicCall {
  /** As it is written. */
  readonly text: string;
  /** Without `States.`. */
  readonly name: string;
  readonly args: readonly IntrinsicArgument[];
}

const cache = new Map<string, IntrinsicCall>();

/** Whether a text calls an intrinsic function; else it is a path. */
export function isIntrinsicCall(text: string): boolean {
  return text.startsWith('States.');
}

/**
 * Reads a call (States Language specification, "Intrinsic Functions"). Throws {@link JsonPathError} with the place of what is
 * wrong.
 */
export function parseIntrinsicCall(text: string): IntrinsicCall {
  const known = cache.get(text);
  if (known !== undefined) return known;
  if (text.length > MAX_CALL_LENGTH) {
    throw new JsonPathError(`the call is longer than ${MAX_CALL_LENGTH} characters`, 0);
  }
  const reader = new CallReader(text);
  const call = reader.call(1);
  reader.end();
  if (cache.size >= MAX_CACHED) cache.clear();
  cache.set(text, call);
  return call;
}

const NAME = /States\.([A-Za-z0-9]+)\s*\(/y;
const SPACE = /\s*/y;
const CONSTANT = /(?:-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?=\s*(?:[,)]|$))/y;
const TEXT = /'((?:[^'\\]|\\[\\'{}])*)'/y;
/** A path ends where an argument does: at a comma or a bracket that is not inside its own brackets or quotes. */
const PATH = /\$(?:\[(?:'[^']*'|"[^"]*"|[^\]'"])*\]|\.length\(\)|[^,()[\]\s])*/y;

class CallReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  call(depth: number): IntrinsicCall {
    if (depth > MAX_NESTING) throw this.#fault(`calls stand in calls at most ${MAX_NESTING} deep`);
    const start = this.#at;
    const [, name] = this.#take(NAME) ?? [];
    if (name === undefined) throw this.#fault('expected a function, such as States.Format(…)');
    const args: IntrinsicArgument[] = [];
    this.#take(SPACE);
    if (!this.#skip(')')) {
      do {
        this.#take(SPACE);
        args.push(this.#argument(depth));
        this.#take(SPACE);
      } while (this.#skip(','));
      if (!this.#skip(')')) throw this.#fault('expected , or )');
    }
    return { text: this.#text.slice(start, this.#at), name, args };
  }

  end(): void {
    this.#take(SPACE);
    if (this.#at < this.#text.length) throw this.#fault('expected the end');
  }

  #argument(depth: number): IntrinsicArgument {
    if (this.#text.startsWith('States.', this.#at)) return { kind: 'call', call: this.call(depth + 1) };
    const [constant] = this.#take(CONSTANT) ?? [];
    if (constant !== undefined) return { kind: 'constant', value: readConstant(constant) };
    const [, written] = this.#take(TEXT) ?? [];
    if (written !== undefined) return { kind: 'text', value: unescaped(written), written };
    const start = this.#at;
    const [path] = this.#take(PATH) ?? [];
    if (path === undefined)
      throw this.#fault("expected a path, a number, a 'text', true, false, null or a call");
    try {
      parseReference(path);
    } catch (error) {
      if (error instanceof JsonPathError) throw new JsonPathError(error.message, start + error.offset);
      throw error;
    }
    return { kind: 'path', text: path };
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text) ?? undefined;
    if (match !== undefined) this.#at = pattern.lastIndex;
    return match;
  }

  #skip(character: string): boolean {
    const isThere = this.#text[this.#at] === character;
    if (isThere) this.#at += 1;
    return isThere;
  }

  #fault(wanted: string): JsonPathError {
    const found = this.#text.slice(this.#at, this.#at + 20);
    return new JsonPathError(`${wanted}, not "${found}"`, this.#at);
  }
}

/** `\'`, `\\`, `\{` and `\}` stand for what follows the backslash; the grammar has no other. */
function unescaped(written: string): string {
  return written.replace(/\\([\\'{}])/g, '$1');
}

function readConstant(text: string): string | number | boolean | null {
  const value: number | boolean | null = JSON.parse(text);
  return value;
}

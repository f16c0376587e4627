import {
  atom,
  bracketed,
  close,
  closed,
  type FeelNode,
  operandsOf,
  type Scope,
  type Translated,
  type Translating,
  translate,
  translateText,
  Untranslatable,
} from './feel.ts';
import { ofKind } from './feel-operators.ts';

interface Function {
  readonly name: string;
  readonly takes: readonly ('number' | 'string')[];
  readonly gives: 'number' | 'string' | 'boolean';
}

/** Functions of FEEL that JSONata has by another name, each null where an argument is. */
const FUNCTIONS: ReadonlyMap<string, Function> = new Map([
  ['abs', { name: 'abs', takes: ['number'], gives: 'number' }],
  ['floor', { name: 'floor', takes: ['number'], gives: 'number' }],
  ['ceiling', { name: 'ceil', takes: ['number'], gives: 'number' }],
  ['string length', { name: 'length', takes: ['string'], gives: 'number' }],
  ['upper case', { name: 'uppercase', takes: ['string'], gives: 'string' }],
  ['lower case', { name: 'lowercase', takes: ['string'], gives: 'string' }],
  ['contains', { name: 'contains', takes: ['string', 'string'], gives: 'boolean' }],
]);

/** What the parser has to know, since there are spaces in names. */
export const FUNCTION_NAMES: readonly string[] = [...FUNCTIONS.keys(), 'not'];

/** A call: of a function of the model, which is put in, or of one of FEEL. Throws Untranslatable. */
export function callFunction(node: FeelNode, at: Translating): Translated {
  const [called] = node.children;
  const given = node.children.find(({ name }) => name === 'PositionalParameters');
  const name =
    called === undefined ? '' : at.text.slice(called.from, called.to).trim().replaceAll(/\s+/g, ' ');
  const values = given === undefined ? [] : operandsOf(given).map((each) => translate(each, at));
  const own = at.scope.get(name);
  if (own?.kind === 'function') return callOwn(own, values, { name, node, at });
  if (name === 'not' && values[0] !== undefined) return negated(close(values[0]), node);
  const known = FUNCTIONS.get(name);
  if (known === undefined)
    throw new Untranslatable(`the function ${name} has no translation to JSONata`, node.from);
  if (values.length !== known.takes.length)
    throw new Untranslatable(`${name} takes ${known.takes.length}`, node.from);
  const ready = values.map((each, index) => ofKind(each, known.takes[index] ?? 'number', node));
  return {
    ...atom(`$${known.name}(${ready.map(({ text }) => text).join(', ')})`, known.gives),
    needs: ready.flatMap(({ needs }) => needs),
  };
}

interface Call {
  readonly name: string;
  readonly node: FeelNode;
  readonly at: Translating;
}

function callOwn(
  {
    parameters,
    body,
    scope,
  }: { readonly parameters: readonly string[]; readonly body: string; readonly scope: Scope },
  values: readonly Translated[],
  { name, node, at }: Call,
): Translated {
  if (values.length !== parameters.length)
    throw new Untranslatable(`${name} takes ${parameters.length}: ${parameters.join(', ')}`, node.from);
  const inner = new Map(scope);
  for (const [index, parameter] of parameters.entries()) {
    const value = values[index];
    if (value === undefined) continue;
    const isNullable = value.isNullable || value.needs.length > 0;
    const text = value.needs.length > 0 ? `(${closed(value)})` : bracketed(value);
    inner.set(parameter, { kind: 'value', text, type: value.type, isNullable });
  }
  try {
    return translateText({ text: body, scope: inner, depth: at.depth + 1 });
  } catch (error) {
    if (!(error instanceof Untranslatable)) throw error;
    throw new Untranslatable(`in ${name}: ${error.message}`, node.from);
  }
}

function negated(value: Translated, { from }: FeelNode): Translated {
  if (value.type.kind === 'null') return value;
  if (value.type.kind !== 'boolean') throw new Untranslatable('not is of true and false', from);
  if (!value.isNullable) return atom(`$not(${value.text})`, 'boolean');
  const text = bracketed(value);
  return { ...value, text: `${text} = true ? false : ${text} = false ? true : null`, isAtom: false };
}

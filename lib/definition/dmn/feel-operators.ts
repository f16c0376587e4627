import {
  atom,
  bracketed,
  close,
  type FeelNode,
  operandsOf,
  present,
  type Translated,
  type Translating,
  translate,
  Untranslatable,
} from './feel.ts';

const NOTHING: Translated = { ...atom('null', 'null'), isNullable: true };

/** `a + b` and the like: null where an operand is, or where the divisor is zero, as in FEEL. */
export function arithmetic(node: FeelNode, at: Translating): Translated {
  const [first, second] = operandsOf(node).map((each) => translate(each, at));
  const operator = operatorOf(node, at);
  if (first === undefined) throw new Untranslatable('an operand is missing', node.from);
  if (second === undefined) return negative(first, node);
  if (first.type.kind === 'null' || second.type.kind === 'null') return NOTHING;
  const isText = operator === '+' && first.type.kind === 'string' && second.type.kind === 'string';
  const [one, two] = [first, second].map((each) => ofKind(each, isText ? 'string' : 'number', node)) as [
    Translated,
    Translated,
  ];
  const needs = [...one.needs, ...two.needs];
  const result = { type: one.type, needs, isNullable: false, isAtom: false };
  if (operator === '**') return { ...result, text: `$power(${one.text}, ${two.text})`, isAtom: true };
  if (operator === '/') {
    if (Number(two.text) === 0) return NOTHING;
    if (Number.isNaN(Number(two.text))) needs.push(`${bracketed(two)} != 0`);
  }
  const sign = isText ? '&' : operator;
  return { ...result, text: `${bracketed(one)} ${sign} ${bracketed(two)}` };
}

function negative(operand: Translated, node: FeelNode): Translated {
  if (operand.type.kind === 'null') return NOTHING;
  const number = ofKind(operand, 'number', node);
  return { ...number, text: `-${bracketed(number)}`, isAtom: false };
}

/** An operand of a kind, with the condition that it is there. */
export function ofKind(operand: Translated, kind: 'number' | 'string', { from }: FeelNode): Translated {
  if (operand.type.kind !== kind)
    throw new Untranslatable(
      `${kind === 'number' ? 'a number' : 'a text'} belongs here, not ${kindWord(operand)}`,
      from,
    );
  if (!operand.isNullable) return operand;
  return { ...operand, needs: [...operand.needs, `$type(${operand.text}) = '${kind}'`], isNullable: false };
}

function kindWord({ type: { kind } }: Translated): string {
  return kind === 'any' ? 'a value whose type the model does not say' : kind;
}

/** `a < b`, `a = b`: of an order, null where an operand is; equal, two that are null. */
export function comparison(node: FeelNode, at: Translating): Translated {
  const [first, second] = operandsOf(node).map((each) => translate(each, at));
  const operator = operatorOf(node, at);
  if (first === undefined || second === undefined || !/^(?:[<>]=?|!?=)$/.test(operator))
    throw new Untranslatable(
      `this has no translation to JSONata: ${at.text.slice(node.from, node.to)}`,
      node.from,
    );
  const kinds = [first.type.kind, second.type.kind];
  const isEquality = operator === '=' || operator === '!=';
  if (!kinds.includes('null') && kinds[0] !== kinds[1])
    throw new Untranslatable(`${kinds[0]} and ${kinds[1]} do not compare`, node.from);
  if (isEquality) return equality(operator, close(first), close(second));
  if (kinds.includes('null')) return NOTHING;
  return ordered(operator, [first, second], node);
}

function equality(operator: string, first: Translated, second: Translated): Translated {
  const text = [first, second].map((each) => bracketed(present(each)));
  return { ...atom(text.join(` ${operator} `), 'boolean'), isAtom: false };
}

function ordered(operator: string, operands: readonly [Translated, Translated], node: FeelNode): Translated {
  const [one, two] = operands.map((each) => {
    const { kind } = each.type;
    if (kind === 'date') return { ...ofKind({ ...each, type: { kind: 'string' } }, 'string', node) };
    return ofKind(each, kind === 'string' ? 'string' : 'number', node);
  }) as [Translated, Translated];
  return {
    text: `${bracketed(one)} ${operator} ${bracketed(two)}`,
    type: { kind: 'boolean' },
    needs: [...one.needs, ...two.needs],
    isNullable: false,
    isAtom: false,
  };
}

/** `a between b and c`. */
export function between(node: FeelNode, at: Translating): Translated {
  const [value, low, high] = operandsOf(node).map((each) => translate(each, at));
  if (value === undefined || low === undefined || high === undefined)
    throw new Untranslatable('between has two ends', node.from);
  const [from, to] = [ordered('>=', [value, low], node), ordered('<=', [value, high], node)];
  return { ...from, text: `${from.text} and ${to.text}`, needs: [...from.needs, ...to.needs] };
}

/** `a and b`, with null for what is not known (DMN 1.3, 10.3.2.10). */
export function conjunction(node: FeelNode, at: Translating): Translated {
  return logical(node, at, { word: 'and', deciding: 'false', other: 'true' });
}

/** `a or b`, with null for what is not known (DMN 1.3, 10.3.2.10). */
export function disjunction(node: FeelNode, at: Translating): Translated {
  return logical(node, at, { word: 'or', deciding: 'true', other: 'false' });
}

interface Logic {
  readonly word: 'and' | 'or';
  /** What decides, whatever the other side is. */
  readonly deciding: string;
  readonly other: string;
}

function logical(node: FeelNode, at: Translating, { word, deciding, other }: Logic): Translated {
  const sides = operandsOf(node).map((each) => close(translate(each, at)));
  for (const { type } of sides)
    if (type.kind !== 'boolean' && type.kind !== 'null')
      throw new Untranslatable(`${word} is of true and false`, node.from);
  const texts = sides.map(bracketed);
  const result = { ...atom('', 'boolean'), isAtom: false };
  if (!sides.some(({ isNullable }) => isNullable)) return { ...result, text: texts.join(` ${word} `) };
  const decided = texts.map((text) => `${text} = ${deciding}`).join(' or ');
  const open = texts.map((text) => `${text} = ${other}`).join(' and ');
  return { ...result, text: `${decided} ? ${deciding} : ${open} ? ${other} : null`, isNullable: true };
}

function operatorOf({ children }: FeelNode, { text }: Translating): string {
  const found = children.find(({ name }) => /Op$/.test(name));
  return found === undefined ? '' : text.slice(found.from, found.to).trim();
}

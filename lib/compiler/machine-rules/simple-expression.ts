import type { ExpressionNames } from './expression-names.ts';

const NAME = String.raw`[A-Za-z_]\w*`;
const FIELDS = String.raw`(?:\.${NAME}|\[\d+\])*`;
const REFERENCE = String.raw`\$${NAME}${FIELDS}`;
const TEXT = String.raw`'[^'\\]*'`;
const OPERAND = String.raw`(?:${REFERENCE}|${TEXT}|\d+|null)`;
const FIRST_EXISTING = String.raw`(?:\$exists\(${REFERENCE}\) \? ${REFERENCE} : )+null`;
const SUM = `(?:${FIRST_EXISTING}|${OPERAND}(?: [&+] ${OPERAND})*)`;
const OBJECT = String.raw`\{ ${TEXT}: ${SUM}(?:, ${TEXT}: ${SUM})* \}`;
const CONDITION = String.raw`\(${SUM} (?:[<>]=?|!?=) ${SUM}\) \? true : false`;
const VALUE = `(?:${OBJECT}|${CONDITION}|${SUM})`;
const BOUND = String.raw`\( (?:\$${NAME} := ${VALUE}; )+${VALUE} \)`;

/** The plainest of what the compiler writes. All of it parses. */
const SIMPLE = new RegExp(`^(?:${VALUE}|${BOUND})$`);
const MENTION = new RegExp(String.raw`\$(${NAME})(${FIELDS})( :=|\(?)`, 'g');

/**
 * The names in an expression of the plainest kind, or undefined for any other. Most of a machine's expressions are of it, and
 * to parse them takes longer than all the rules.
 */
export function simpleNames(text: string): ExpressionNames | undefined {
  if (!SIMPLE.test(text)) return undefined;
  const bound = new Set<string>();
  const mentions = [...text.replaceAll(/'[^']*'/g, "''").matchAll(MENTION)];
  const variables = mentions.flatMap(([, name = '', fields = '', after]) => {
    if (after === ' :=') bound.add(name);
    return bound.has(name) ? [] : [{ name, fields: plainFields(fields), called: after === '(' }];
  });
  return { variables, contextFields: [] };
}

/** The fields that follow a variable; none behind an index of its own, which may give a list. */
function plainFields(fields: string): readonly string[] {
  return fields.startsWith('[') ? [] : [...fields.matchAll(/\.(\w+)/g)].map(([, field = '']) => field);
}

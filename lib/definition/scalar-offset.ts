import { Scalar } from 'yaml';

/** A character of a scalar's value. */
interface CharacterOf {
  readonly node: Scalar;
  /** From the beginning of the value, in characters. */
  readonly offset: number;
}

/**
 * Where a character of a scalar's value stands in the text of the file. Folding and indentation change nothing but white
 * space, so that the character is found by counting what is no white space.
 *
 * @param start where the scalar begins in the text: at its quote, or at the header of a block.
 */
export function offsetInText(text: string, start: number, { node, offset }: CharacterOf): number {
  const wanted = String(node.value).slice(0, offset).replace(/\s/g, '').length;
  let at = contentStart(text, start, node);
  for (let counted = 0; at < text.length; ) {
    const { length, decoded } = characterAt(text, at, node);
    const weight = decoded.replace(/\s/g, '').length;
    if (weight > 0 && counted >= wanted) break;
    counted += weight;
    at += length;
  }
  return at;
}

function contentStart(text: string, start: number, { type }: Scalar): number {
  if (type === Scalar.BLOCK_FOLDED || type === Scalar.BLOCK_LITERAL) return text.indexOf('\n', start) + 1;
  return type === Scalar.QUOTE_DOUBLE || type === Scalar.QUOTE_SINGLE ? start + 1 : start;
}

const CODE_LENGTHS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };
/** Escapes of YAML that stand for white space. */
const BLANK_ESCAPES = 'tnvfr\n\r\t N_LP';

/** The character at a place of the text, with its escape where it has one. */
function characterAt(text: string, at: number, { type }: Scalar): { length: number; decoded: string } {
  const [first = '', second = ''] = [text[at], text[at + 1]];
  if (type === Scalar.QUOTE_SINGLE && first === "'") return { length: 2, decoded: "'" };
  if (type !== Scalar.QUOTE_DOUBLE || first !== '\\') return { length: 1, decoded: first };
  const digits = CODE_LENGTHS[second];
  if (digits !== undefined) {
    const code = Number.parseInt(text.slice(at + 2, at + 2 + digits), 16);
    return { length: 2 + digits, decoded: String.fromCodePoint(code) };
  }
  return { length: 2, decoded: BLANK_ESCAPES.includes(second) ? ' ' : second };
}

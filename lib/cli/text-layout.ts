import stringWidth from 'string-width';

/** Breaks text at spaces so that no line is wider than `width` columns, words apart that are wider themselves. */
export function wrap(text: string, width: number): string[] {
  return text.split('\n').flatMap((line) => wrapLine(line, width));
}

function wrapLine(line: string, width: number): string[] {
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(' ')) {
    const longer = current === '' ? word : `${current} ${word}`;
    if (current !== '' && stringWidth(longer) > width) {
      lines.push(current);
      current = word;
    } else {
      current = longer;
    }
  }
  return [...lines, current];
}

/** Text wrapped to `columns`: the first line behind `first`, the others behind spaces of the same width. */
export function hanging(first: string, text: string, columns: number): string {
  const indent = stringWidth(first);
  const [head = '', ...rest] = wrap(text, columns - indent);
  return [`${first}${head}`, ...rest.map((line) => ' '.repeat(indent) + line)].join('\n');
}

/** Text filled up with spaces to `width` columns. Never cuts. */
export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - stringWidth(text)));
}

/** Plain text (no colours) cut to `width` columns, with an ellipsis where something is missing. */
export function crop(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let cut = '';
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (stringWidth(cut + segment) > width - 1) break;
    cut += segment;
  }
  return `${cut}…`;
}

/** `1 error`, `2 errors`. */
export function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}

/** Text with spaces before it, so that it takes so many columns. */
export function padStart(text: string, width: number): string {
  return `${' '.repeat(Math.max(0, width - stringWidth(text)))}${text}`;
}

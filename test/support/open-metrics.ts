/** The parts of an exposition in OpenMetrics text (specification 1.0, ABNF) that ours has. */
const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const ESCAPED = '(?:[^"\\\\\\n]|\\\\["\\\\n])*';
const LABELS = `(?:\\{${NAME}="${ESCAPED}"(?:,${NAME}="${ESCAPED}")*\\})?`;
const DESCRIPTOR = new RegExp(`^# (TYPE|UNIT|HELP) (${NAME}) (.+)$`);
const SAMPLE = new RegExp(`^(${NAME})(${LABELS}) (-?[0-9.e+-]+|NaN)$`);
const ENDINGS: Readonly<Record<string, readonly string[]>> = {
  counter: ['_total'],
  gauge: [''],
  info: ['_info'],
  histogram: ['_bucket', '_count', '_sum'],
};

/**
 * The samples of an OpenMetrics text by name and labels. Throws where the text is not as the specification has it: families that are
 * mixed or come twice, samples without a type or with another ending than theirs, equal samples, a text that does not end.
 */
export function readOpenMetrics(text: string): Readonly<Record<string, number>> {
  const lines = text.split('\n');
  if (lines.pop() !== '' || lines.pop() !== '# EOF') throw new Error('the text does not end with "# EOF"');
  const reader = new Reader();
  for (const line of lines) reader.take(line);
  return reader.samples;
}

class Reader {
  readonly samples: Record<string, number> = {};
  readonly #seen = new Set<string>();
  #family = { name: '', type: '' };

  take(line: string): void {
    const [, what, name = '', words = ''] = DESCRIPTOR.exec(line) ?? [];
    if (what === 'TYPE') this.#begin(name, words);
    else if (what === undefined) this.#sample(line);
    else if (this.#family.name !== name || (what === 'UNIT' && !name.endsWith(`_${words}`)))
      throw new Error(`not of ${this.#family.name}: ${line}`);
  }

  #begin(name: string, type: string): void {
    if (this.#seen.has(name) || ENDINGS[type] === undefined) throw new Error(`${name} again, or no ${type}`);
    this.#seen.add(name);
    this.#family = { name, type };
  }

  #sample(line: string): void {
    const [, name, labels = '', value] = SAMPLE.exec(line) ?? [];
    const { name: family, type } = this.#family;
    const isOf = (ENDINGS[type] ?? []).some((ending) => name === `${family}${ending}`);
    if (name === undefined || !isOf) throw new Error(`no sample of ${family}: ${line}`);
    if (this.samples[`${name}${labels}`] !== undefined) throw new Error(`twice: ${line}`);
    this.samples[`${name}${labels}`] = Number(value);
  }
}

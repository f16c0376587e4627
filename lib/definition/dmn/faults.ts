import type { Diagnostic } from '#core/diagnostic.ts';
import type { XmlElement, XmlFault } from './xml.ts';

/** What is found wrong while a DMN file is read, each at its place. */
export class DmnFaults {
  readonly found: Diagnostic[] = [];
  readonly #file: string;
  /** Where each line begins. */
  readonly #lines: readonly number[];

  constructor(file: string, text: string) {
    this.#file = file;
    this.#lines = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  }

  /** What an element says has no word in a decision file (SW1831); `offset` characters within its text, or at its beginning. */
  unsaid({ path, offset, textOffset }: XmlElement, message: string, within?: number): void {
    const at = within === undefined ? offset : textOffset + within;
    this.#add('SW1831', { message, offset: at }, path);
  }

  /** The text is no XML, or no DMN (SW1832). */
  broken(fault: XmlFault): void {
    this.#add('SW1832', fault, '');
  }

  #add(code: string, { message, offset }: XmlFault, path: string): void {
    const line = Math.max(1, this.#lines.findLastIndex((start) => start <= offset) + 1);
    const column = offset - (this.#lines[line - 1] ?? 0) + 1;
    this.found.push({ code, severity: 'error', file: this.#file, line, column, path, message });
  }
}

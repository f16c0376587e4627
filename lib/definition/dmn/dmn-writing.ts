import type { Diagnostic, Severity } from '#core/diagnostic.ts';
import type { Json, JsonObject } from '#core/json.ts';
import type { DecisionFile } from '../decision/decision.ts';
import type { DocumentPath } from '../document-path.ts';
import type { Source } from '../source.ts';
import { type FeelNames, feelOf, Unsayable } from './feel-out.ts';

/** Where a decision is written: its names in FEEL, and where to tell what cannot be said (SW1833). */
export class DmnWriting {
  readonly file: DecisionFile;
  readonly diagnostics: Diagnostic[] = [];
  readonly #source: Source;

  constructor(file: DecisionFile, source: Source) {
    this.file = file;
    this.#source = source;
  }

  /** The names that expressions may read. */
  get names(): FeelNames {
    return new Map(
      Object.entries(this.file.inputs).map(([name, schema]) => [`$input.${name}`, titleOf(name, schema)]),
    );
  }

  /** A value as FEEL; where it cannot be said, that is told. */
  feel(value: Json, path: DocumentPath, names = this.names): string {
    try {
      return feelOf(value, names);
    } catch (error) {
      if (!(error instanceof Unsayable)) throw error;
      this.tell(path, error.message);
      return 'null';
    }
  }

  tell(path: DocumentPath, message: string, severity: Severity = 'error'): void {
    this.diagnostics.push(this.#source.diagnose(path, { code: 'SW1833', message, severity }));
  }
}

/** The name of an input or output in DMN: its title, else its name. */
export function titleOf(name: string, { title }: JsonObject): string {
  return typeof title === 'string' ? title : name;
}

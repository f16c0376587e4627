/** What the id of a command tells: `<execution>:<path>:<attempt>`, and `:undo:<attempt>` after it where it undoes that one. */
export interface CommandIdParts {
  readonly execution: string;
  /** Path of the step; '' for a command that no step asked for. */
  readonly path: string;
  readonly isUndo: boolean;
}

/** What the id of a command tells. */
export function readCommandId(id: string): CommandIdParts {
  const [execution = '', path = ''] = id.split(':');
  return { execution, path, isUndo: id.includes(':undo:') };
}

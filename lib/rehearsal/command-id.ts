/** What the id of a command tells: `<execution>:<path>:<attempt>`, and `:undo:<attempt>` or `:verify:<attempt>` behind it. */
export interface CommandIdParts {
  readonly execution: string;
  /** Path of the step; '' for a command that no step asked for. */
  readonly path: string;
  /** Whether it is the step's own command, undoes it, or asks what it did. */
  readonly kind: 'step' | 'undo' | 'verify';
}

/** What the id of a command tells. */
export function readCommandId(id: string): CommandIdParts {
  const [execution = '', path = ''] = id.split(':');
  const kind = id.includes(':undo:') ? 'undo' : id.includes(':verify:') ? 'verify' : 'step';
  return { execution, path, kind };
}

/** Whether a text is meant by a pattern, in which `*` stands for any characters; no pattern means all. */
export function isMeant(text: string, pattern: string | undefined): boolean {
  if (pattern === undefined) return true;
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(text);
}

/** Whether a step is meant by its id or its path, such as `flash` or `rollout[3].flash`. */
export function isStepMeant(path: string, pattern: string | undefined): boolean {
  return isMeant(path, pattern) || isMeant(idOf(path), pattern);
}

/** The id of a step, from its path. */
export function idOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1).replace(/\[\d+\]$/, '');
}

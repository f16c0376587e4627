/**
 * A function that makes what a text stands for once, and remembers it for the next call; of the most texts that it
 * remembers, the oldest goes first. For what is the same each time, and that nobody changes.
 */
export function remember<T>(most: number, make: (text: string) => T): (text: string) => T {
  const made = new Map<string, T>();
  return (text) => {
    const known = made.get(text);
    if (known !== undefined) return known;
    const fresh = make(text);
    if (made.size >= most) made.delete(made.keys().next().value ?? '');
    made.set(text, fresh);
    return fresh;
  };
}

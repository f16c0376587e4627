const VARIABLE = /^[A-Za-z][A-Za-z0-9_]*$/;
const RESERVED = ['input', 'data', 'value'];

/** Names of a model as variables of ours; of two that would be the same, the second has a number. */
export class VariableNames {
  readonly #taken = new Set<string>(RESERVED);

  /** A name that no other has: as it is where it can be, else its words as one. */
  take(name: string): string {
    const plain = VARIABLE.test(name) ? name : camelCase(name);
    return untaken(this.#taken, plain.slice(0, 70), '');
  }
}

/** Names of a model as names of decisions: lower case with dashes, of two that would be the same the second with a number. */
export class DecisionNames {
  readonly #taken = new Set<string>();

  take(name: string): string {
    const words = wordsOf(name.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')).map((word) => word.toLowerCase());
    const plain = words.join('-').slice(0, 44).replace(/-+$/, '');
    return untaken(this.#taken, /^[a-z]/.test(plain) ? plain : `decision-${plain}`.replace(/-$/, ''), '-');
  }
}

function camelCase(name: string): string {
  const [first = '', ...others] = wordsOf(name);
  const joined = [
    first.slice(0, 1).toLowerCase() + first.slice(1),
    ...others.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)),
  ].join('');
  return /^[A-Za-z]/.test(joined) ? joined : `name${joined}`;
}

function wordsOf(name: string): readonly string[] {
  return (
    name
      .normalize('NFD')
      .replaceAll(/\p{M}/gu, '')
      .match(/[A-Za-z0-9]+/g) ?? []
  );
}

function untaken(taken: Set<string>, name: string, separator: string): string {
  let candidate = name;
  for (let count = 2; taken.has(candidate); count += 1) candidate = `${name}${separator}${count}`;
  taken.add(candidate);
  return candidate;
}

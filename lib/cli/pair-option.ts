import { InvalidArgumentError } from 'commander';

/** Collects what an option gives as `name=value`, once for each name. */
export function pairOption(
  text: string,
  before: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const [, name, value] = /^([^=\s]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError('Write it like name=value.');
  return { ...before, [name]: value };
}

/** The same, where a name may be given several values, each by itself. */
export function pairsOption(
  text: string,
  before: Readonly<Record<string, readonly string[]>> = {},
): Readonly<Record<string, readonly string[]>> {
  const [[name, value] = ['', '']] = Object.entries(pairOption(text));
  return { ...before, [name]: [...(before[name] ?? []), value] };
}

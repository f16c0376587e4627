/** What two ways of writing one person have in common: an address means the same in capitals. */
export function personKey(person: string): string {
  return person.normalize('NFKC').trim().toLowerCase();
}

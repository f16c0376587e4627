/** Thrown when what is wrong with a user's files has been printed already: the command ends with exit code 2. */
export class AlreadyTold extends Error {
  override readonly name = 'AlreadyTold';
}

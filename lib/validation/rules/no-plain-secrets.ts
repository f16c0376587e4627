import type { DocumentPath } from '#definition/document-path.ts';
import type { Rule } from '../rule.ts';

/** What keys and tokens of well-known services look like. */
const TOKENS = [
  /\bAKIA[0-9A-Z]{16}\b/,
  /\bgh[pousr]_[A-Za-z0-9]{36,}\b/,
  /\bxox[abpr]-[A-Za-z0-9-]{10,}\b/,
  /\bsk_(?:live|test)_[A-Za-z0-9]{16,}\b/,
  /\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\b/,
  /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/,
  /^(?:Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}$/i,
];

/** Keys under which secrets stand. */
const NAMES = /(?:^|[_.-])(?:password|passwd|secret|api[_-]?key|private[_-]?key|access[_-]?token)$/i;

/** Secrets do not stand in files: they are kept, copied and shown to more people than may know them. */
export const noPlainSecrets: Rule = {
  text({ value, path }, { report }) {
    const isToken = TOKENS.some((pattern) => pattern.test(value));
    if (!isToken && (isNameOfSecret(path) || !NAMES.test(keyOf(path)) || value.length <= 3)) return;
    report.at(path, {
      code: 'SW1112',
      message: isToken
        ? 'this looks like a key or token in plain text'
        : `"${keyOf(path)}" stands in plain text`,
      hint: 'in headers of `http`, write { secret: <name> }; elsewhere, let the device or service know it itself',
    });
  },
};

/** In a header of `http`, the name of a secret stands under `secret`. */
function isNameOfSecret(path: DocumentPath): boolean {
  return path.at(-1) === 'secret' && path.at(-3) === 'headers';
}

function keyOf(path: DocumentPath): string {
  return String(path.findLast((part) => typeof part === 'string') ?? '');
}

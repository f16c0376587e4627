import { md5 } from './md5.ts';

/** Digests that `$hash` and States.Hash know. */
export const HASH_ALGORITHMS = ['MD5', 'SHA-1', 'SHA-256', 'SHA-384', 'SHA-512'] as const;

/** The digest of a text in UTF-8, in hexadecimal. */
export async function hashText(text: string, algorithm: (typeof HASH_ALGORITHMS)[number]): Promise<string> {
  if (algorithm === 'MD5') return md5(text);
  const digest = await crypto.subtle.digest(algorithm, new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

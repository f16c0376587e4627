import { md5, sha1 } from '@noble/hashes/legacy.js';
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

const DIGESTS = {
  MD5: md5,
  'SHA-1': sha1,
  'SHA-256': sha256,
  'SHA-384': sha384,
  'SHA-512': sha512,
} as const;

/** A digest that `$hash` and States.Hash know. */
export type HashAlgorithm = keyof typeof DIGESTS;

/** The digests that `$hash` and States.Hash know. */
export const HASH_ALGORITHMS: readonly HashAlgorithm[] = ['MD5', 'SHA-1', 'SHA-256', 'SHA-384', 'SHA-512'];

/** The digest of a text in UTF-8, in hexadecimal. */
export function hashText(text: string, algorithm: HashAlgorithm): string {
  return bytesToHex(DIGESTS[algorithm](utf8ToBytes(text)));
}

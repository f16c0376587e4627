import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import type { SignatureV4CryptoInit } from '@smithy/signature-v4';

type Source = Parameters<InstanceType<SignatureV4CryptoInit['sha256']>['update']>[0];

/** Node's own SHA-256, keyed or not, in the form that the signer takes. */
export class SignatureSha256 {
  readonly #key: Source | undefined;
  #hash: Hash | Hmac;

  constructor(key?: Source) {
    this.#key = key;
    this.#hash = open(key);
  }

  update(chunk: Source): void {
    this.#hash.update(bytes(chunk));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    this.#hash = open(this.#key);
  }
}

function open(key: Source | undefined): Hash | Hmac {
  return key === undefined ? createHash('sha256') : createHmac('sha256', bytes(key));
}

function bytes(source: Source): Uint8Array {
  if (typeof source === 'string') return Buffer.from(source, 'utf8');
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
}

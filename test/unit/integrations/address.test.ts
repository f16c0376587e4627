import { expect, test } from 'vitest';
import { isPublicAddress } from '#integrations/address.ts';

test.each([
  ['8.8.8.8', true],
  ['2001:4860:4860::8888', true],
  ['::ffff:8.8.8.8', true],
  ['127.0.0.1', false],
  ['10.1.2.3', false],
  ['172.31.255.255', false],
  ['172.32.0.1', true],
  ['192.168.0.1', false],
  ['169.254.169.254', false],
  ['100.64.0.1', false],
  ['0.0.0.0', false],
  ['255.255.255.255', false],
  ['::1', false],
  ['::', false],
  ['fe80::1', false],
  ['fd00::1', false],
  ['::ffff:127.0.0.1', false],
  ['::FFFF:7f00:1', false],
  ['64:ff9b::a00:1', false],
  ['example.com', false],
])('%s may be called: %s', (address, expected) => {
  expect(isPublicAddress(address)).toBe(expected);
});

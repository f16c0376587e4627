import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  formatTraceparent,
  isInRatio,
  parseTraceparent,
  spanIdOf,
  type TraceContext,
  traceIdOf,
} from '#core/trace-context.ts';
import { formatXRayHeader, parseXRayHeader } from '#core/xray-header.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const hex = (length: number): fc.Arbitrary<string> =>
  fc
    .string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length })
    .filter((text) => /[^0]/.test(text));
const contexts: fc.Arbitrary<TraceContext> = fc.record({
  traceId: hex(32),
  spanId: hex(16),
  isSampled: fc.boolean(),
});

test('what is written as a header is read as it was', () => {
  fc.assert(
    fc.property(contexts, (context) => {
      expect(parseTraceparent(formatTraceparent(context))).toEqual(context);
      expect(parseXRayHeader(formatXRayHeader(context))).toEqual(context);
    }),
  );
});

test.each([
  ['a later version, with more behind it', `cc-${TRACE}-${SPAN}-01-what-else`, true],
  ['flags that nobody knows yet', `00-${TRACE}-${SPAN}-09`, true],
  ['what is not sampled', `00-${TRACE}-${SPAN}-08`, false],
])('%s is read', (_what, text, isSampled) => {
  expect(parseTraceparent(text)).toEqual({ traceId: TRACE, spanId: SPAN, isSampled });
});

test.each([
  ['nothing', undefined],
  ['no header', 'hello'],
  ['the version that is none', `ff-${TRACE}-${SPAN}-01`],
  ['a trace of noughts', `00-${'0'.repeat(32)}-${SPAN}-01`],
  ['a span of noughts', `00-${TRACE}-${'0'.repeat(16)}-01`],
  ['capitals', `00-${TRACE.toUpperCase()}-${SPAN}-01`],
  ['more behind version 00', `00-${TRACE}-${SPAN}-01-more`],
  ['a text that is too long', `cc-${TRACE}-${SPAN}-01-${'x'.repeat(300)}`],
])('%s is no place in a trace', (_what, text) => {
  expect(parseTraceparent(text)).toBeUndefined();
});

test('any text is read in time, and never thrown at', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 400 }), (text) => {
      parseTraceparent(text);
      parseXRayHeader(text);
    }),
  );
  expect(parseXRayHeader(undefined)).toBeUndefined();
  expect(parseXRayHeader('Root=1-6956a100-bd862e3fe1be46a994272793;Sampled=1')).toBeUndefined();
});

test('ids follow from what they are of, and a trace begins with its second', () => {
  expect(spanIdOf('step', 'e1', 'a')).toBe(spanIdOf('step', 'e1', 'a'));
  const ids = [spanIdOf('step', 'e1', 'a'), spanIdOf('command', 'e1', 'a'), spanIdOf('step', 'e1', 'b')];
  expect(new Set(ids).size).toBe(3);
  expect(traceIdOf('e1', 1_767_225_600_123)).toMatch(/^6955b900[0-9a-f]{24}$/);
});

test('a share of traces is about so large, and who is in a small share is in a large one', () => {
  const traces = Array.from({ length: 4_000 }, (_, at) => traceIdOf(`e${at}`, 1_767_225_600_000));
  const kept = (ratio: number): string[] => traces.filter((trace) => isInRatio(trace, ratio));
  expect(kept(0)).toEqual([]);
  expect(kept(1)).toHaveLength(4_000);
  expect(kept(0.25).length / 4_000).toBeCloseTo(0.25, 1);
  expect(kept(0.5)).toEqual(expect.arrayContaining(kept(0.25)));
});

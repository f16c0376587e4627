import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CellTest, type CellValue, parseCell } from '#definition/decision/cell.ts';

const equal = (value: CellValue): CellTest => ({
  kind: 'compare',
  operator: '=',
  value,
});

describe('a cell', () => {
  test.each<[string, readonly CellTest[]]>([
    ['-', []],
    [' - ', []],
    ['20', [equal(20)]],
    ['-1.5', [equal(-1.5)]],
    ['007', [equal(7)]],
    ['"a, b"', [equal('a, b')]],
    [String.raw`"a \"b\""`, [equal('a "b"')]],
    ['true', [equal(true)]],
    ['null', [equal(null)]],
    ['"a","b" , "c"', [equal('a'), equal('b'), equal('c')]],
    ['> 20', [{ kind: 'compare', operator: '>', value: 20 }]],
    ['<=-3', [{ kind: 'compare', operator: '<=', value: -3 }]],
    ['!= "a"', [{ kind: 'compare', operator: '!=', value: 'a' }]],
    [
      '< date("2027-01-31")',
      [{ kind: 'compare', operator: '<', value: { function: 'date', text: '2027-01-31' } }],
    ],
    ['[1..5)', [{ kind: 'interval', from: 1, to: 5, includesFrom: true, includesTo: false }]],
    ['] 1 .. 5 ]', [{ kind: 'interval', from: 1, to: 5, includesFrom: false, includesTo: true }]],
    [
      '< 1, (5..7[',
      [
        { kind: 'compare', operator: '<', value: 1 },
        { kind: 'interval', from: 5, to: 7, includesFrom: false, includesTo: false },
      ],
    ],
  ])('%s is read', (text, tests) => {
    expect(parseCell(text)).toEqual({ isNegated: false, tests });
  });

  test('not(…) negates all that is in it', () => {
    expect(parseCell('not("a", > 3)')).toEqual({
      isNegated: true,
      tests: [equal('a'), { kind: 'compare', operator: '>', value: 3 }],
    });
  });

  test.each([
    ['berlin', 'this is no test: berlin', 0],
    ['"a", berlin', 'this is no test: berlin', 5],
    ['not(berlin)', 'this is no test: berlin', 4],
    ['truely', 'this is no test: truely', 0],
    ['> ', 'this is no test: >', 0],
    ['1,', 'a test is missing', 2],
    ['', 'a test is missing', 0],
    ['1 2', 'this is no test: 1 2', 0],
    ['[1..', 'this is no test: [1..', 0],
    ['"open', 'this is no test: "open', 0],
    ['[5..1]', 'nothing is in [5..1]', 0],
    ['(5..5]', 'nothing is in (5..5]', 0],
  ])('"%s" is refused where it stops making sense', (text, message, offset) => {
    expect(parseCell(text)).toMatchObject({ message, offset });
  });

  test('that has a text without quotes is told how to write it', () => {
    expect(parseCell('"a", north-hall')).toMatchObject({
      hint: 'a text stands in double quotes: "north-hall"',
    });
  });

  test('of any text is read or refused, inside of it', () => {
    const pieces = fc.constantFrom(
      '1',
      '"a"',
      '-',
      '[',
      ')',
      '..',
      ',',
      '<=',
      'not(',
      ' ',
      'x',
      '\\',
      '"',
      'date("1")',
    );
    fc.assert(
      fc.property(
        fc.array(pieces).map((list) => list.join('')),
        (text) => {
          const cell = parseCell(text);
          if ('offset' in cell) expect(cell.offset).toBeLessThanOrEqual(text.length);
          else expect(Array.isArray(cell.tests)).toBe(true);
        },
      ),
    );
  });
});

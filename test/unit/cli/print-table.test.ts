import { expect, test } from 'vitest';
import { type Column, tableLines } from '#cli/print-table.ts';

interface Row {
  readonly name: string;
  readonly note: string;
}

const columns: Column<Row>[] = [
  { title: 'name', text: (row) => row.name },
  { title: 'note', text: (row) => row.note, paint: (cell) => `<${cell}>` },
];
const style = { columns: 20, paintTitle: (title: string) => title.toUpperCase() };

test('columns are as wide as their widest cell', () => {
  expect(tableLines([{ name: 'pump-1', note: 'ok' }], columns, style)).toEqual([
    'NAME    NOTE',
    'pump-1  <ok  >',
  ]);
});

test('the widest column gives way when the line does not fit', () => {
  const lines = tableLines([{ name: 'pump-1', note: 'x'.repeat(50) }], columns, style);
  expect(lines[1]).toBe(`pump-1  <${'x'.repeat(11)}…>`);
});

test('a terminal that is far too narrow still shows something of each column', () => {
  const lines = tableLines([{ name: 'a'.repeat(30), note: 'b'.repeat(30) }], columns, {
    ...style,
    columns: 5,
  });
  expect(lines[1]).toBe('aaaaa…  <bbbbb…>');
});

test('what people copy is not cut, as long as anything else can be', () => {
  const kept: Column<Row>[] = [
    { title: 'name', text: (row) => row.name, isKept: true },
    { title: 'note', text: (row) => row.note },
  ];
  const row = { name: 'id-of-16-letters', note: 'x'.repeat(12) };
  expect(tableLines([row], kept, { ...style, columns: 24 })[1]).toBe('id-of-16-letters  xxxxx…');
  expect(tableLines([row], kept, { ...style, columns: 20 })[1]).toBe('id-of-16-le…  xxxxx…');
});

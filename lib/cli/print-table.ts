import stringWidth from 'string-width';
import { crop, padEnd } from './text-layout.ts';

/** One column of a table. */
export interface Column<Row> {
  readonly title: string;
  /** Plain text of a cell. */
  text(row: Row): string;
  /** What people copy, such as an id: it is cut only where nothing else can be. */
  readonly isKept?: true;
  /** Colours a finished cell. */
  paint?(cell: string, row: Row): string;
}

/** How a table is laid out. */
export interface TableStyle {
  /** No line is wider; the widest column is cut as needed. */
  readonly columns: number;
  /** Colours the titles. */
  paintTitle(title: string): string;
}

const GAP = '  ';
const NARROWEST = 6;

/** Lines of a table with aligned columns. */
export function tableLines<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  style: TableStyle,
): string[] {
  const cells = rows.map((row) => columns.map((column) => column.text(row)));
  const widths = fitWidths(
    columns.map((column, at) =>
      Math.max(stringWidth(column.title), ...cells.map((line) => stringWidth(line[at] ?? ''))),
    ),
    columns.map(({ isKept = false }) => isKept),
    style.columns,
  );
  const cellText = (text: string, at: number): string => {
    const width = widths[at] ?? 0;
    return padEnd(crop(text, width), width);
  };
  const titles = columns.map((column, at) => style.paintTitle(cellText(column.title, at))).join(GAP);
  const lines = rows.map((row, index) =>
    columns
      .map((column, at) => {
        const cell = cellText(cells[index]?.[at] ?? '', at);
        return column.paint?.(cell, row) ?? cell;
      })
      .join(GAP),
  );
  return [titles, ...lines].map((line) => line.trimEnd());
}

/** Narrows the widest column until the line fits; those that are kept come last. */
function fitWidths(wanted: readonly number[], kept: readonly boolean[], total: number): number[] {
  const widths = [...wanted];
  const gaps = GAP.length * (widths.length - 1);
  const tooMuch = (): number => widths.reduce((sum, width) => sum + width, gaps) - total;
  for (const mayBe of [false, true]) {
    while (tooMuch() > 0) {
      const width = Math.max(0, ...widths.filter((_, at) => kept[at] === mayBe));
      if (width <= NARROWEST) break;
      const widest = widths.findIndex((each, at) => each === width && kept[at] === mayBe);
      widths[widest] = Math.max(NARROWEST, width - tooMuch());
    }
  }
  return widths;
}

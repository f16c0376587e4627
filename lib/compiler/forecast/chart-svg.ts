/** Width of a character of a chart's text, which is set in a font of fixed width; in pixels. */
export const CHARACTER = 7.3;

/** Styles that charts share, for light backgrounds: text, page and grid. */
export const CHART_STYLE = `  text { font: 12px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #1f2933 }
  .title { font-size: 16px; font-weight: bold }
  .note, .unit { fill: #52606d }
  .page { fill: #ffffff }
  .grid { stroke: #e4e7eb }`;

/** The same for dark ones. */
export const DARK_CHART_STYLE = `    text { fill: #e4e7eb }
    .note, .unit { fill: #9aa5b1 }
    .page { fill: #1f2933 }
    .grid { stroke: #3e4c59 }`;

/** The head of a chart: what it is called, and what it says in a sentence, also to whom does not see it. */
export function chartHead(
  size: { readonly width: number; readonly height: number },
  title: string,
  summary: string,
): string[] {
  const { width, height } = size;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title summary">`,
    `<title id="title">${escaped(title)}</title>`,
    `<desc id="summary">${escaped(summary)}</desc>`,
  ];
}

/** A length in pixels, to a tenth. */
export function rounded(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}

/** Text inside an element. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

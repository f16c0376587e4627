/** What JSON is made of, and comments behind `//`. */
const TOKEN =
  /[\s{}[\],:]+|"(?:[^"\\\r\n]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|\/\/[^\r\n]*/y;

/** A bracket, with nothing but comments before it. */
const OPENING = /^\s*(?:\/\/[^\n]*\n\s*)*[{[]/;

/** Whether a text is written in JSON, comments allowed; what is YAML besides is none. */
export function isJsonText(text: string): boolean {
  return OPENING.test(text) && commentsIn(text) !== undefined;
}

/**
 * A text of JSON with comments as YAML, in which everything keeps its place: `//` becomes ` #`. Any other text is given back
 * as it is.
 */
export function withYamlComments(text: string): string {
  if (!text.includes('//') || !isJsonText(text)) return text;
  let [yaml, end] = ['', 0];
  for (const start of commentsIn(text) ?? []) {
    yaml += `${text.slice(end, start)} #`;
    end = start + 2;
  }
  return yaml + text.slice(end);
}

/** Where the comments of a text of JSON begin; undefined where anything in it is no JSON. */
function commentsIn(text: string): number[] | undefined {
  const comments: number[] = [];
  const token = new RegExp(TOKEN);
  for (let at = 0; at < text.length; at = token.lastIndex) {
    token.lastIndex = at;
    if (!token.test(text)) return undefined;
    if (text.startsWith('//', at)) comments.push(at);
  }
  return comments;
}

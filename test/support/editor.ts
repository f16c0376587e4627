import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { getLanguageService, MarkupContent } from 'yaml-language-server';

/** Where the cursor stands in a text. */
const CURSOR = '‸';

/** The language server of VS Code's YAML extension. It reads schemas from files only: what asks the network fails. */
const service = getLanguageService({
  schemaRequestService: (uri) => readFile(fileURLToPath(uri), 'utf8'),
  workspaceContext: { resolveRelativePath: (path, resource) => new URL(path, resource).href },
});
const settings = { validate: true, hover: true, completion: true, yamlVersion: '1.2' } as const;
service.configure(settings);

/** A schema, and the files that it is of where they name none themselves. */
export interface SchemaOfFiles {
  readonly url: URL;
  /** Patterns of paths in the workspace. */
  readonly files: readonly string[];
}

/** Sets what the workspace says of schemas. */
export function useSchemas(schemas: readonly SchemaOfFiles[]): void {
  service.configure({
    ...settings,
    schemas: schemas.map(({ url, files }) => ({ uri: url.href, fileMatch: [...files] })),
  });
}

/** A file as an editor has it. */
export interface EditedFile {
  readonly url: URL;
  readonly text: string;
}

/** What an editor finds wrong with a file, each with its line. */
export async function problemsOf({ url, text }: EditedFile): Promise<string[]> {
  const problems = await service.doValidation(documentOf(url, text), false);
  return problems.map(({ range, message }) => `${range.start.line + 1}: ${message}`);
}

/** What an editor offers where the cursor (`‸`) stands. */
export async function offersAt({ url, text }: EditedFile): Promise<string[]> {
  const document = documentOf(url, text.replace(CURSOR, ''));
  const { items } = await service.doComplete(document, document.positionAt(text.indexOf(CURSOR)), false);
  return items.map(({ label }) => label);
}

/** What an editor tells of the word under the mouse. */
export async function hoverOver(word: string, { url, text }: EditedFile): Promise<string> {
  const document = documentOf(url, text);
  const hover = await service.doHover(document, document.positionAt(text.indexOf(word) + 1));
  return MarkupContent.is(hover?.contents) ? hover.contents.value : '';
}

let version = 0;

/** A new version each time: the server keeps what it has read of a version. */
function documentOf({ href }: URL, text: string): TextDocument {
  version += 1;
  return TextDocument.create(href, 'yaml', version, text);
}

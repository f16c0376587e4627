import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod';
import { StepwrightError } from '#core/error.ts';
import { type JsonObject, JsonObjectSchema } from '#core/json.ts';
import { type AnswerMessage, AnswerMessageSchema } from '../messages.ts';
import { type CommandStore, REMEMBERED, type RememberedCommands, reportedIn } from './command-store.ts';

const LineSchema = z.union([
  z.object({ begun: z.string() }),
  z.object({ answer: AnswerMessageSchema }),
  z.object({ reported: JsonObjectSchema }),
]);
type Line = z.infer<typeof LineSchema>;

/** How a file is kept. */
export interface FileCommandStoreOptions {
  /** Whether each line is on disk before anything is done, so that not even a loss of power does a command twice. Default true. */
  readonly isSynced?: boolean;
}

/** A line is written for each begin and end; a file of so many is written anew with what has still to be remembered. */
const MOST_LINES = 4 * REMEMBERED;

/** Keeps which commands a device has done in a file: a line of JSON for each begin and each end. */
export class FileCommandStore implements CommandStore {
  readonly #path: string;
  readonly #isSynced: boolean;
  #lines = 0;

  /** @param path of the file; it and its folder are made where they are not there. Throws SW3029, as all else here. */
  constructor(path: string, { isSynced = true }: FileCommandStoreOptions = {}) {
    this.#path = path;
    this.#isSynced = isSynced;
    keeping(path, () => mkdirSync(dirname(path), { recursive: true }));
  }

  async load(): Promise<RememberedCommands> {
    const lines = readLines(this.#path);
    const remembered = remember(lines);
    // Whatever a crash has left of a last line goes, before another is written behind it.
    this.#writeAnew(remembered);
    return remembered;
  }

  async begin(id: string): Promise<void> {
    this.#append({ begun: id });
  }

  async end(answer: AnswerMessage): Promise<void> {
    this.#append({ answer });
    if (this.#lines > MOST_LINES) this.#writeAnew(remember(readLines(this.#path)));
  }

  #append(line: Line): void {
    this.#write(this.#path, 'a', [line]);
    this.#lines++;
  }

  /** Over another file, so that a crash leaves the old one or the new one. */
  #writeAnew({ begun, answers, reported }: RememberedCommands): void {
    const lines: Line[] = [
      { reported },
      ...begun.map((id) => ({ begun: id })),
      ...answers.map((answer) => ({ answer })),
    ];
    this.#write(`${this.#path}.new`, 'w', lines);
    renameSync(`${this.#path}.new`, this.#path);
    this.#lines = lines.length;
  }

  #write(path: string, flags: 'a' | 'w', lines: readonly Line[]): void {
    keeping(path, () => {
      const file = openSync(path, flags);
      try {
        writeSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
        if (this.#isSynced) fsyncSync(file);
      } finally {
        closeSync(file);
      }
    });
  }
}

/** Throws SW3029 where the file or its folder cannot be worked with. */
function keeping<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const fault = {
      code: 'SW3029',
      kind: 'unavailable',
      message: `the commands of a device cannot be kept in ${path}: ${cause instanceof Error ? cause.message : String(cause)}`,
      hint: 'name a folder that can be written to, on a disk that is not full',
    } as const;
    throw new StepwrightError(fault, { cause });
  }
}

function readLines(path: string): readonly Line[] {
  return keeping(path, () => textOf(path))
    .split('\n')
    .flatMap((text) => readLine(text) ?? []);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}

/** Undefined for what is no line of ours, such as the beginning of one that a crash has cut off. */
function readLine(text: string): Line | undefined {
  try {
    return LineSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function remember(lines: readonly Line[]): RememberedCommands {
  const begun = new Set<string>();
  const answers = new Map<string, AnswerMessage>();
  let reported: JsonObject = {};
  for (const line of lines) {
    if ('begun' in line) begun.add(line.begun);
    else if ('answer' in line) {
      begun.delete(line.answer.id);
      answers.set(line.answer.id, line.answer);
      reported = { ...reported, ...reportedIn(line.answer) };
    } else reported = { ...reported, ...line.reported };
  }
  return { begun: [...begun], answers: [...answers.values()].slice(-REMEMBERED), reported };
}

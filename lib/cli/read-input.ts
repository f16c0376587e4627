import { readFileSync } from 'node:fs';
import { StepwrightError } from '#core/error.ts';
import type { Json } from '#core/json.ts';

/**
 * The input that `--input`, or another option, gives: JSON, or `@` and the name of a file with JSON or YAML; `{}` without it.
 * Throws SW3020 when it is neither.
 */
export async function readInput(text: string | undefined, option = '--input'): Promise<Json> {
  if (text === undefined) return {};
  if (!text.startsWith('@')) return parseJson(text, option);
  return readInputFile(text.slice(1));
}

/** The value that a JSON or YAML file holds. Throws SW3020 when it is neither. */
export async function readInputFile(file: string): Promise<Json> {
  return parseFile(file, textOf(file));
}

function parseJson(text: string, option: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw inputFault(option, cause);
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw fileFault(`the input file ${file} cannot be read: ${messageOf(cause)}`, cause);
  }
}

/** YAML takes in JSON, and `z.json()` leaves only what JSON can say (no dates, no NaN). */
async function parseFile(file: string, text: string): Promise<Json> {
  const [{ parse }, { z }] = await Promise.all([import('yaml'), import('zod')]);
  try {
    return z.json().parse(parse(text, { maxAliasCount: 100 }));
  } catch (cause) {
    throw fileFault(`the input file ${file} is neither JSON nor YAML: ${messageOf(cause)}`, cause);
  }
}

function fileFault(message: string, cause: unknown): StepwrightError {
  const hint = 'name a file with JSON or YAML in it';
  return new StepwrightError({ code: 'SW3020', kind: 'invalid', message, hint }, { cause });
}

function inputFault(option: string, cause: unknown): StepwrightError {
  const message = `${option} is no JSON: ${messageOf(cause)}`;
  const hint = `give JSON such as ${option} '{"site":"berlin"}', or a file as ${option} @input.json`;
  return new StepwrightError({ code: 'SW3020', kind: 'invalid', message, hint }, { cause });
}

function messageOf(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  return message.split('\n')[0] ?? '';
}

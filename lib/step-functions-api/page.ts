import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { JsonObject } from '#core/json.ts';
import { invalidPageToken } from './faults.ts';

/** Results of a page where the request does not say (Step Functions API Reference, `maxResults`: 0 means the default). */
const DEFAULT_PAGE = 100;

/** What a paged request says of the page. */
export interface PageRequest {
  readonly maxResults?: number | undefined;
  readonly nextToken?: string | undefined;
}

/** How many results a page has at most. */
export function pageSize({ maxResults }: PageRequest): number {
  return maxResults === undefined || maxResults === 0 ? DEFAULT_PAGE : maxResults;
}

/** A position in a list, sealed with what the list is of: another request cannot go on with it. */
export function pageToken(position: string | number, scope: JsonObject): string {
  return Buffer.from(JSON.stringify([digest(scope), position])).toString('base64url');
}

const TokenSchema = z.tuple([z.string(), z.union([z.string(), z.number()])]);

/** The position that a token stands for; undefined at the beginning. Throws InvalidToken. */
function positionOf({ nextToken }: PageRequest, scope: JsonObject): string | number | undefined {
  if (nextToken === undefined) return undefined;
  const parsed = TokenSchema.safeParse(parseJson(Buffer.from(nextToken, 'base64url').toString('utf8')));
  if (!parsed.success || parsed.data[0] !== digest(scope)) throw invalidPageToken();
  return parsed.data[1];
}

/** The position in a list that is ordered by a number. Throws InvalidToken. */
export function numberPosition(request: PageRequest, scope: JsonObject): number | undefined {
  const position = positionOf(request, scope);
  if (typeof position === 'string') throw invalidPageToken();
  return position;
}

/** The position in a list that is ordered by a name. Throws InvalidToken. */
export function namePosition(request: PageRequest, scope: JsonObject): string | undefined {
  const position = positionOf(request, scope);
  if (typeof position === 'number') throw invalidPageToken();
  return position;
}

/** A page and its token, from one result more than the page has. */
export function pageOf<Entry>(
  found: readonly Entry[],
  request: PageRequest,
  token: (last: Entry) => string,
): { readonly entries: readonly Entry[]; readonly next: { readonly nextToken?: string } } {
  const size = pageSize(request);
  const entries = found.slice(0, size);
  const last = entries.at(-1);
  return { entries, next: found.length > size && last !== undefined ? { nextToken: token(last) } : {} };
}

function digest(scope: JsonObject): string {
  return createHash('sha256').update(JSON.stringify(scope)).digest('base64url').slice(0, 16);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

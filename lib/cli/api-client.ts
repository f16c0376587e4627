import type * as z from 'zod';
import { ProblemSchema } from '#api/problem.ts';
import { type FaultKind, StepwrightError } from '#core/error.ts';
import type { Json } from '#core/json.ts';

/** A running Stepwright server, and what it takes to be let in. */
export interface Server {
  /** Such as `http://127.0.0.1:8787`; paths of the API go on from it. */
  readonly url: string;
  readonly token: string;
}

/** A request to the API. */
export interface ApiCall<Schema extends z.ZodType> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Parts of the path behind `/v1`, not encoded yet. */
  readonly path: readonly string[];
  readonly query?: Readonly<Record<string, string>>;
  /** A document, or a text that is sent as it is. */
  readonly body?: Json;
  /** Of the answer when all is well. */
  readonly answer: Schema;
}

/** What the API answered. */
export interface ApiAnswer<Document> {
  readonly status: number;
  readonly document: Document;
}

/** Thrown where the API refuses a request: with its code, what it says, and a hint for who types commands. */
export class ApiRefusal extends StepwrightError {
  /** All that is wrong with a definition that was sent, as the API tells it; else empty. */
  readonly diagnostics: readonly unknown[];

  constructor(fault: ConstructorParameters<typeof StepwrightError>[0], diagnostics: readonly unknown[]) {
    super(fault);
    this.diagnostics = diagnostics;
  }
}

/** An answer that takes longer is not waited for, in ms. */
const PATIENCE_MS = 60_000;

/**
 * Asks the API. Throws SW3061 when the server cannot be reached, SW3063 when it does not take the token, SW3064 when it answers
 * like no Stepwright server, and {@link ApiRefusal} with the server's own code when it refuses.
 */
export async function callApi<Schema extends z.ZodType>(
  server: Server,
  call: ApiCall<Schema>,
): Promise<ApiAnswer<z.output<Schema>>> {
  const response = await send(server, call);
  const document = await readJson(response);
  if (!response.ok) throw refusalOf(response.status, document, server);
  const parsed = call.answer.safeParse(document);
  if (!parsed.success)
    throw notStepwright(server, `its answer (status ${response.status}) is not understood`);
  return { status: response.status, document: parsed.data };
}

/** Asks the API for a text that is no document for us. Throws as {@link callApi} does. */
export async function callForText(server: Server, call: Omit<ApiCall<z.ZodType>, 'answer'>): Promise<string> {
  const response = await send(server, call);
  if (response.ok) return response.text();
  throw refusalOf(response.status, await readJson(response), server);
}

async function send(
  server: Server,
  { method, path, query = {}, body }: Omit<ApiCall<z.ZodType>, 'answer'>,
): Promise<Response> {
  const search = new URLSearchParams(query).toString();
  const target = ['v1', ...path].map(encodeURIComponent).join('/');
  try {
    return await fetch(`${server.url}/${target}${search === '' ? '' : `?${search}`}`, {
      method,
      headers: { authorization: `Bearer ${server.token}` },
      signal: AbortSignal.timeout(PATIENCE_MS),
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  } catch (cause) {
    throw unreachable(server, cause);
  }
}

/** Undefined where it is no JSON: the server is none of ours then. */
async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return undefined;
  }
}

function unreachable({ url }: Server, cause: unknown): StepwrightError {
  return new StepwrightError(
    {
      code: 'SW3061',
      kind: 'unavailable',
      message: `no answer from ${url}: ${reasonOf(cause)}`,
      hint: 'start a server with "stepwright start", or name one with --endpoint or STEPWRIGHT_ENDPOINT',
    },
    { cause },
  );
}

/** What fetch throws says little; what it is caused by says why. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause = error } = error;
  return cause instanceof Error ? cause.message || cause.name : String(cause);
}

const KINDS: Readonly<Record<number, FaultKind>> = {
  400: 'invalid',
  403: 'forbidden',
  404: 'not-found',
  409: 'conflict',
  429: 'too-many-requests',
};

/** The API tells which request would help; who types commands is told which command would. */
const HINTS: Readonly<Record<string, string>> = {
  SW4024: 'give --expires, such as --expires 10m, to let the command wait for it',
  SW4041: 'it registers itself when it connects; "stepwright devices list" tells those that have',
  SW4213: '"stepwright alerts silences" tells those that there are',
  SW4211: '"stepwright alerts list" tells those that fire, and with --state resolved those that are over',
  SW4221: '"stepwright reports list" tells those that are published',
  SW4222: '"stepwright reports made" lists what was made of it, and as what',
  SW4212: '"stepwright alerts show" tells how it stands, and who has said what',
  SW4026: '"stepwright approvals show" tells who has decided it; "stepwright approvals list" what is open',
  SW4027: '"stepwright workflows alias" points it to a version',
  SW4046: '"stepwright approvals list" tells what is open',
  SW4047: '"stepwright pools list" tells those that there are, and "stepwright pools set" makes one',
  SW4071: '"stepwright pools show" tells who holds units of it',
  SW4044: '"stepwright executions list" tells those of today, and with --workflow those of a workflow',
  SW4064: '"stepwright executions show" tells how each step stands',
  SW4029: '"stepwright decisions list" and "stepwright decisions versions" tell what is published',
  SW4043: '"stepwright workflows list" and "stepwright workflows versions" tell what is published',
  SW4048: '"stepwright workflows aliases" lists those that it has',
};

function refusalOf(status: number, document: unknown, server: Server): StepwrightError {
  const parsed = ProblemSchema.safeParse(document);
  const { code, detail = '', hint = '', diagnostics = [] } = parsed.data ?? {};
  // Whoever stands in front of the API knows no codes of ours.
  if (code === undefined && (status === 401 || status === 403)) return tokenRefused(server);
  if (code === undefined)
    return notStepwright(server, `it answers with status ${status} ${detail}`.trimEnd());
  const fault = { code, kind: KINDS[status] ?? 'unavailable', message: detail, hint: HINTS[code] ?? hint };
  return new ApiRefusal(fault, diagnostics);
}

function tokenRefused({ url }: Server): StepwrightError {
  return new StepwrightError({
    code: 'SW3063',
    kind: 'unauthorized',
    message: `${url} does not take this token`,
    hint: 'give its token with --token or STEPWRIGHT_TOKEN; a local server keeps it in the file "token" of its data directory (--data)',
  });
}

/** SW3064. */
export function notStepwright({ url }: Server, what: string): StepwrightError {
  return new StepwrightError({
    code: 'SW3064',
    kind: 'unavailable',
    message: `${url} is no Stepwright server of this version: ${what}`,
    hint: 'see that --endpoint or STEPWRIGHT_ENDPOINT names the API, and that both are of the same version',
  });
}

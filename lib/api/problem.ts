import * as z from 'zod';
import type { Diagnostic } from '#core/diagnostic.ts';
import { type FaultKind, StepwrightError } from '#core/error.ts';
import { InvalidInput } from '#executions/input.ts';
import { InvalidParameters } from '#validation/parameters.ts';
import type { HttpResponse } from './http.ts';

/** What the API answers when it cannot do what was asked: problem details (RFC 9457). */
export const ProblemSchema = z
  .object({
    type: z.string().describe('`urn:stepwright:error:` and the code.'),
    title: z.string(),
    status: z.number().int(),
    detail: z.string().describe('What happened.'),
    code: z.string().optional().describe('Stable code; each has a page in the documentation.'),
    hint: z.string().optional().describe('What to do about it.'),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .describe('Each place of the request that is wrong.'),
    diagnostics: z.array(z.looseObject({})).optional().describe('All that is wrong with a definition.'),
  })
  .meta({ id: 'Problem' });

/** HTTP status and title of each kind of fault. */
const KINDS: Readonly<Record<FaultKind, readonly [status: number, title: string]>> = {
  invalid: [400, 'Bad Request'],
  unauthorized: [401, 'Unauthorized'],
  forbidden: [403, 'Forbidden'],
  'not-found': [404, 'Not Found'],
  conflict: [409, 'Conflict'],
  'too-many-requests': [429, 'Too Many Requests'],
  unavailable: [503, 'Service Unavailable'],
};

/** Thrown where a definition that was sent has errors. */
export class InvalidDefinition extends StepwrightError {
  readonly diagnostics: readonly Diagnostic[];

  constructor(
    diagnostics: readonly Diagnostic[],
    what: 'workflow' | 'template' | 'decision' | 'group of alerts' | 'report' = 'workflow',
  ) {
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    const [first] = errors;
    super({
      code: 'SW4002',
      kind: 'invalid',
      message: `the ${what} has ${errors.length === 1 ? 'an error' : `${errors.length} errors`}: ${first?.message ?? ''}`,
      hint: '"stepwright validate" tells all of them before you publish',
    });
    this.diagnostics = diagnostics;
  }
}

/** The problem that a fault is answered with. */
export function toProblem(fault: StepwrightError): HttpResponse {
  const [status, title] = KINDS[fault.kind];
  const document: z.input<typeof ProblemSchema> = {
    type: `urn:stepwright:error:${fault.code}`,
    title,
    status,
    detail: fault.message,
    code: fault.code,
    hint: fault.hint,
    ...(fault instanceof InvalidInput || fault instanceof InvalidParameters
      ? { errors: [...fault.errors] }
      : {}),
    ...(fault instanceof InvalidDefinition
      ? { diagnostics: fault.diagnostics.map((one) => ({ ...one })) }
      : {}),
  };
  const { retryAfterSeconds } = fault;
  return {
    status,
    headers: {
      'content-type': 'application/problem+json',
      ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
    },
    body: JSON.stringify(document),
  };
}

import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import {
  type IntrinsicArgument,
  type IntrinsicCall,
  isIntrinsicCall,
  parseIntrinsicCall,
} from './intrinsic-call.ts';
import { callIntrinsic, format, IntrinsicError } from './intrinsic-functions.ts';
import { type PathScope, resolveReference } from './reference.ts';

/** A call of an intrinsic function that failed, and why. */
export class IntrinsicFailure extends Error {
  override readonly name = 'IntrinsicFailure';
  /** The call as it is written. */
  readonly call: string;

  constructor(call: string, reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.call = call;
  }
}

/** Told of the field whose value is evaluated next, such as `value.$`, so that a failure can name it. */
export type OnField = (field: string) => void;

/**
 * A Payload Template: a field whose name ends in `.$` gets what its path or intrinsic function gives, anything else stands
 * for itself (States Language specification, "Payload Template"). Throws JsonPathError, PathNotFound, {@link IntrinsicFailure}.
 */
export function fillPayload(template: Json, scope: PathScope, onField: OnField): Json {
  if (Array.isArray(template)) {
    const filled: Json[] = [];
    for (const entry of template) filled.push(fillPayload(entry, scope, onField));
    return filled;
  }
  return isJsonObject(template) ? fillObject(template, scope, onField) : template;
}

function fillObject(template: JsonObject, scope: PathScope, onField: OnField): Json {
  const entries: [string, Json][] = [];
  for (const [key, value] of Object.entries(template)) {
    if (key.endsWith('.$') && typeof value === 'string') {
      onField(key);
      entries.push([key.slice(0, -2), evaluateReference(value, scope)]);
    } else entries.push([key, fillPayload(value, scope, onField)]);
  }
  return Object.fromEntries(entries);
}

/** What a path or a call of an intrinsic function gives. */
export function evaluateReference(text: string, scope: PathScope): Json {
  return isIntrinsicCall(text) ? call(parseIntrinsicCall(text), scope) : resolveReference(text, scope);
}

function call({ text, name, args }: IntrinsicCall, scope: PathScope): Json {
  const [template] = args;
  const isFormat = name === 'Format' && template?.kind === 'text';
  const values: Json[] = [];
  for (const arg of isFormat ? args.slice(1) : args) values.push(argument(arg, scope));
  try {
    if (isFormat) return format(template.written, values);
    if (name === 'Format') return format(escaped(values[0]), values.slice(1));
    return callIntrinsic(name, values, scope.random);
  } catch (cause) {
    if (!(cause instanceof IntrinsicError)) throw cause;
    throw new IntrinsicFailure(text, cause.message, { cause });
  }
}

/** A template that comes as a value has no escapes: its backslashes are backslashes. */
function escaped(template: Json | undefined): string {
  if (typeof template === 'string') return template.replaceAll('\\', '\\\\');
  throw new IntrinsicError('Invalid type of argument: the template must be a string');
}

function argument(arg: IntrinsicArgument, scope: PathScope): Json {
  switch (arg.kind) {
    case 'constant':
    case 'text':
      return arg.value;
    case 'path':
      return resolveReference(arg.text, scope);
    case 'call':
      return call(arg.call, scope);
  }
}

import { randomUUID } from 'node:crypto';
import { StepwrightError } from '#core/error.ts';
import { ExecutionIndex } from '#engine/embedded/execution-index.ts';
import { ActivityQueue } from './activities/queue.ts';
import type { Catalogue } from './catalogue/catalogue.ts';
import { TEST_MACHINE } from './catalogue/revisions.ts';
import { NO_REDRIVE } from './executions/redrive.ts';
import { ApiFault } from './faults.ts';
import { NO_MAP_RUNS } from './map-runs.ts';
import type { ApiCall } from './operation.ts';
import { OPERATIONS } from './operations.ts';
import type { ApiParts, ServedParts } from './parts.ts';
import {
  type ApiRequest,
  type ApiResponse,
  failure,
  operationName,
  readBody,
  success,
  unknownOperation,
} from './protocol.ts';
import { checkSignature } from './signature.ts';

/** What the API is made of. */
export interface StepFunctionsApiOptions {
  readonly served: ServedParts;
  /** The secret access key: the server's token. */
  readonly secret: string;
  /** Default: random ones. */
  readonly newUuid?: () => string;
  /** Told of what an operation threw that is no fault of the request; the client gets an InternalFailure. */
  onDefect(error: unknown): void;
}

/** The Step Functions API over one HTTP request at a time. */
export interface StepFunctionsApi {
  /** Answers a request; never rejects. `gone` is aborted when the client has gone. */
  serve(request: ApiRequest, gone: AbortSignal): Promise<ApiResponse>;
  /** Ends every wait: polls for activities, synchronous executions. */
  close(): void;
}

/** Serves the engine as the service does, by the protocol of the AWS SDKs and the AWS CLI. */
export function createStepFunctionsApi(options: StepFunctionsApiOptions): StepFunctionsApi {
  const { catalogue, clock } = options.served;
  const { database } = catalogue;
  const parts: ApiParts = {
    ...{ redrive: NO_REDRIVE, mapRuns: NO_MAP_RUNS, ...options.served },
    executions: new ExecutionIndex(database),
    newUuid: options.newUuid ?? randomUUID,
  };
  const closing = new AbortController();
  database.commit(() => prepare(parts)).catch(options.onDefect);
  return {
    serve: async (request, gone) => {
      try {
        await checkSignature(request, { secret: options.secret, now: clock.now() });
        const operation = OPERATIONS.get(operationName(request));
        if (operation === undefined) throw unknownOperation();
        const output = await operation(readBody(request), parts, callOf(closing.signal, gone));
        // Nothing is told that a loss of power could take back.
        await database.durable();
        return success(output);
      } catch (error) {
        return failure(faultOf(error, options.onDefect));
      }
    },
    close: () => closing.abort(),
  };
}

/** Few operations wait: only those take a signal of their own. */
function callOf(closing: AbortSignal, gone: AbortSignal): ApiCall {
  return {
    get signal() {
      return AbortSignal.any([closing, gone]);
    },
  };
}

/** Machines that the engine had before there was a catalogue are listed as of now. */
function prepare({ catalogue: { machines }, executions, clock }: ApiParts): void {
  for (const machine of executions.machines()) machines.adopt(machine, clock.now());
  // Of tests that a crash cut off.
  if (!executions.isRunning(TEST_MACHINE)) machines.removeRevisionsOf(TEST_MACHINE);
}

/** The queue for the activities of a catalogue. */
export function activityQueue({ activities }: Catalogue): ActivityQueue {
  return new ActivityQueue((name) => activities.find(name) !== undefined);
}

/** Faults of the engine that an operation has not put into words of its own. */
const ENGINE_FAULTS: Readonly<Record<string, string>> = {
  SW4011: 'InvalidDefinition',
  SW4012: 'ConflictException',
  SW4013: 'StateMachineDoesNotExist',
  SW4014: 'ExecutionDoesNotExist',
  SW4015: 'ExecutionAlreadyExists',
  SW4016: 'ValidationException',
  // "The maximum number of running executions has been reached" (API Reference, StartExecution and RedriveExecution).
  SW4081: 'ExecutionLimitExceeded',
  SW4082: 'ExecutionLimitExceeded',
};

/** How a client is to take what the engine cannot do now: the SDKs try again on both. */
const BUSY: Readonly<Record<string, { readonly name: string; readonly status: number }>> = {
  'too-many-requests': { name: 'ThrottlingException', status: 400 },
  unavailable: { name: 'ServiceUnavailableException', status: 503 },
};

const DEFECT = { name: 'InternalFailure', status: 500 };

function faultOf(error: unknown, onDefect: (error: unknown) => void): ApiFault {
  if (error instanceof ApiFault) return error;
  if (error instanceof StepwrightError) {
    const known = ENGINE_FAULTS[error.code];
    const { name, status } =
      known === undefined ? (BUSY[error.kind] ?? DEFECT) : { name: known, status: 400 };
    if (name !== DEFECT.name) return new ApiFault(name, error.message, { status });
  }
  onDefect(error);
  return new ApiFault(DEFECT.name, 'The request met a defect; the log of the server has it.', DEFECT);
}

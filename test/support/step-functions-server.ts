import { SFNClient } from '@aws-sdk/client-sfn';
import { systemClock } from '#core/clock.ts';
import { engineMapRuns } from '#embedded/engine-map-runs.ts';
import { engineRedrives } from '#embedded/engine-redrives.ts';
import { startHttpServer } from '#embedded/http-server.ts';
import type { AdmissionLimits } from '#engine/embedded/admission/admission.ts';
import { EmbeddedEngine } from '#engine/embedded/engine.ts';
import type { EngineFunction } from '#engine/embedded/task-services.ts';
import { activityQueue, createStepFunctionsApi } from '#step-functions-api/api.ts';
import { openCatalogue } from '#step-functions-api/catalogue/catalogue.ts';
import { catalogueRevisions } from '#step-functions-api/catalogue/revisions.ts';
import type { ServedParts } from '#step-functions-api/parts.ts';
import { MOCK_FUNCTION, TestMocks } from '#step-functions-api/test-state/mocks.ts';
import { Database } from '#storage/database.ts';

/** The secret access key of {@link openStepFunctions}. */
export const SECRET = 'a-token-that-is-long-enough';

/** ARN of a role; none is taken on. */
export const ROLE = 'arn:aws:iam::123456789012:role/any';

/** What to serve. */
export interface ServeOptions {
  readonly database?: Database;
  readonly functions?: Readonly<Record<string, EngineFunction>>;
  readonly admission?: AdmissionLimits;
  readonly more?: Partial<ServedParts>;
}

/** The API over real HTTP on a real engine, and a real client of it. */
export interface StepFunctionsServer extends AsyncDisposable {
  readonly url: string;
  readonly client: SFNClient;
  readonly engine: EmbeddedEngine;
  readonly served: ServedParts;
  /** What was no fault of a request. */
  readonly defects: unknown[];
  close(): Promise<void>;
}

/** Starts an engine with the API in front of it, on a free port. */
export async function openStepFunctions({
  database = new Database(':memory:'),
  functions = {},
  admission = {},
  more = {},
}: ServeOptions = {}): Promise<StepFunctionsServer> {
  const defects: unknown[] = [];
  const catalogue = openCatalogue(database);
  const mocks = new TestMocks();
  const activities = activityQueue(catalogue);
  const engine = new EmbeddedEngine({
    ...{ database, activities },
    functions: { ...functions, [MOCK_FUNCTION]: mocks.call },
    admission,
    revisions: catalogueRevisions(catalogue, Math.random),
  });
  engine.recover();
  const served = {
    engine,
    catalogue,
    mocks,
    activities,
    clock: systemClock,
    redrive: engineRedrives(engine, systemClock),
    mapRuns: engineMapRuns(engine, database),
    ...more,
  };
  const onDefect = (error: unknown): void => void defects.push(error);
  const server = await startHttpServer({
    ...{ host: '127.0.0.1', port: 0, token: SECRET, onDefect },
    handle: async () => ({ status: 404, headers: {}, body: '' }),
    stepFunctions: createStepFunctionsApi({ served, secret: SECRET, onDefect }),
  });
  const client = clientOf(server.url);
  const close = async (): Promise<void> => {
    await server.close();
    client.destroy();
    engine.close();
    database.close();
  };
  return { url: server.url, client, engine, served, defects, close, [Symbol.asyncDispose]: close };
}

/** A client as an application has it: an endpoint and a key, nothing else. */
export function clientOf(endpoint: string, secretAccessKey = SECRET): SFNClient {
  return new SFNClient({
    ...{ endpoint, region: 'eu-central-1', disableHostPrefix: true, maxAttempts: 1 },
    credentials: { accessKeyId: 'stepwright', secretAccessKey },
  });
}

import type { Route } from './route.ts';
import { DEVICE_ROUTES } from './routes/devices.ts';
import { EXECUTION_ROUTES } from './routes/executions.ts';
import { SERVICE_ROUTES } from './routes/service.ts';
import { WORKFLOW_ROUTES } from './routes/workflows.ts';

/** Every route of the API. */
export const ROUTES: readonly Route[] = [
  ...WORKFLOW_ROUTES,
  ...EXECUTION_ROUTES,
  ...DEVICE_ROUTES,
  ...SERVICE_ROUTES,
];

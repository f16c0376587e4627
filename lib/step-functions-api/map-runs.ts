import * as z from 'zod';
import { checkMapRunArn, executionArn, readExecutionArn } from './arn.ts';
import { noExecution, noResource, validationFault } from './faults.ts';
import { ArnField, LongArnField, optional, PageSizeField, PageTokenField } from './fields.ts';
import { operation } from './operation.ts';
import { namePosition, pageOf, pageSize, pageToken } from './page.ts';
import type { MapRunPort } from './parts.ts';

/** `ListMapRuns`: of one execution. */
export const listMapRuns = operation(
  z.object({
    executionArn: ArnField,
    maxResults: optional(PageSizeField),
    nextToken: optional(PageTokenField),
  }),
  (input, { executions, mapRuns }) => {
    const ref = readExecutionArn(input.executionArn);
    if (executions.find(ref) === undefined) throw noExecution(input.executionArn);
    const scope = { list: 'map runs', execution: executionArn(ref) };
    const found = mapRuns.list(ref, namePosition(input, scope), pageSize(input) + 1);
    const { entries, next } = pageOf(found, input, ({ mapRunArn }) => pageToken(String(mapRunArn), scope));
    return { mapRuns: entries, ...next };
  },
);

/** `DescribeMapRun`. */
export const describeMapRun = operation(
  z.object({ mapRunArn: LongArnField }),
  ({ mapRunArn }, { mapRuns }) => {
    checkMapRunArn(mapRunArn);
    const found = mapRuns.describe(mapRunArn);
    if (found === undefined) throw noResource(mapRunArn);
    return found;
  },
);

/** `UpdateMapRun`: how many run at once, and how many may fail, while it runs. */
export const updateMapRun = operation(
  z.object({
    mapRunArn: LongArnField,
    maxConcurrency: optional(z.int().min(0)),
    toleratedFailurePercentage: optional(z.number().min(0).max(100)),
    toleratedFailureCount: optional(z.int().min(0)),
  }),
  async ({ mapRunArn, ...change }, { mapRuns }) => {
    checkMapRunArn(mapRunArn);
    const updated = await mapRuns.update(mapRunArn, change);
    if (updated === undefined) throw noResource(mapRunArn);
    if (updated === 'ended') {
      throw validationFault('A completed Map Run cannot be updated', 'CANNOT_UPDATE_COMPLETED_MAP_RUN');
    }
    return {};
  },
);

/** Where no distributed Map runs. */
export const NO_MAP_RUNS: MapRunPort = {
  list: () => [],
  describe: () => undefined,
  update: async () => undefined,
  children: () => undefined,
  ofChild: () => undefined,
};

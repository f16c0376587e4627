import {
  ExecutionDoesNotExist,
  type ExecutionListItem,
  ListExecutionsCommand,
  ListMapRunsCommand,
  ResourceNotFound,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { type ChildQuery, type ChildSummary, ENGINE_STATUSES, type MapRunSummary } from './engine.ts';

/** A child execution as Step Functions lists it. */
type ListedChild = Omit<ChildSummary, 'ref'> & { readonly executionArn: string };

/** Most that a page of a list has. */
const PAGE = 1_000;

const StatusSchema = z.enum(ENGINE_STATUSES);

/** Map Runs of an execution, the newest first, at most 1,000; none where there is no such execution. */
export async function listMapRuns(
  client: SFNClient,
  executionArn: string,
): Promise<readonly MapRunSummary[]> {
  try {
    const { mapRuns = [] } = await client.send(new ListMapRunsCommand({ executionArn, maxResults: PAGE }));
    return mapRuns
      .map(({ mapRunArn = '', startDate }) => ({ arn: mapRunArn, startedAt: startDate?.getTime() ?? 0 }))
      .sort((one, other) => other.startedAt - one.startedAt);
  } catch (error) {
    if (error instanceof ExecutionDoesNotExist) return [];
    throw error;
  }
}

/** Child executions of a Map Run, the newest first; none where there is no such run. */
export async function listChildren(
  client: SFNClient,
  mapRunArn: string,
  { status, most }: ChildQuery,
): Promise<readonly ListedChild[]> {
  const children: ListedChild[] = [];
  let nextToken: string | undefined;
  do {
    const request = {
      ...{ mapRunArn, maxResults: Math.min(PAGE, most) },
      ...(status === undefined ? {} : { statusFilter: status }),
      ...(nextToken === undefined ? {} : { nextToken }),
    };
    try {
      const page = await client.send(new ListExecutionsCommand(request));
      children.push(...(page.executions ?? []).map(toListed));
      nextToken = page.nextToken;
    } catch (error) {
      if (error instanceof ResourceNotFound) return [];
      throw error;
    }
  } while (nextToken !== undefined && children.length < most);
  return children.slice(0, most);
}

function toListed({ executionArn = '', status, startDate, stopDate }: ExecutionListItem): ListedChild {
  return {
    ...{ executionArn, status: StatusSchema.parse(status), startedAt: startDate?.getTime() ?? 0 },
    ...(stopDate === undefined ? {} : { endedAt: stopDate.getTime() }),
  };
}

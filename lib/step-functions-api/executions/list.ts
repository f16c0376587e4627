import * as z from 'zod';
import type { JsonObject } from '#core/json.ts';
import type { ExecutionSummary } from '#engine/embedded/execution-index.ts';
import { ENGINE_STATUSES } from '#engine/engine.ts';
import { checkMapRunArn, executionArn, machineArn, readMachineArn } from '../arn.ts';
import type { PinnedBy } from '../catalogue/pin-store.ts';
import { isVersion } from '../catalogue/revisions.ts';
import { noResource, noStateMachine, validationFault } from '../faults.ts';
import { ArnField, LongArnField, optional, PageSizeField } from '../fields.ts';
import { demandMachine } from '../machines/find.ts';
import { operation, timestamp } from '../operation.ts';
import { numberPosition, pageOf, pageSize, pageToken } from '../page.ts';
import type { ApiParts, ChildSummary } from '../parts.ts';
import { startedBy } from './describe.ts';
import { typeNotSupported } from './type-not-supported.ts';

const Input = z.object({
  stateMachineArn: optional(ArnField),
  mapRunArn: optional(LongArnField),
  statusFilter: optional(z.enum(ENGINE_STATUSES)),
  redriveFilter: optional(z.enum(['REDRIVEN', 'NOT_REDRIVEN'])),
  maxResults: optional(PageSizeField),
  nextToken: optional(z.string().min(1).max(3_096)),
});

type Input = z.output<typeof Input>;

/** `ListExecutions`: newest first, of a machine, of those that a version or alias started, or of a map run. */
export const listExecutions = operation(Input, (input, parts) => {
  const { stateMachineArn = null, mapRunArn = null, statusFilter = null, redriveFilter = null } = input;
  const scope = { stateMachineArn, mapRunArn, statusFilter, redriveFilter };
  const found = select(input, parts, numberPosition(input, scope));
  const { entries, next } = pageOf(found, input, ({ position }) => pageToken(position, scope));
  return { executions: entries.map((entry) => describe(entry, input, parts)), ...next };
});

function select(input: Input, parts: ApiParts, before: number | undefined): ChildSummary[] {
  const { stateMachineArn, mapRunArn } = input;
  if ((stateMachineArn === undefined) === (mapRunArn === undefined)) {
    throw validationFault('Exactly one of stateMachineArn and mapRunArn must be specified');
  }
  if (mapRunArn !== undefined) return ofMapRun(input, { parts, mapRunArn, before });
  if (input.redriveFilter !== undefined) {
    throw validationFault('redriveFilter can only be specified with mapRunArn');
  }
  return ofMachine(input, { parts, arn: stateMachineArn ?? '', before });
}

interface MachineSelection {
  readonly parts: ApiParts;
  readonly arn: string;
  readonly before: number | undefined;
}

function ofMachine(input: Input, { parts, arn, before }: MachineSelection): ExecutionSummary[] {
  const { name: machine, type } = demandMachine(parts, arn);
  if (type === 'EXPRESS') throw typeNotSupported();
  const { qualifier } = readMachineArn(arn);
  const limit = pageSize(input) + 1;
  if (qualifier === undefined) {
    return parts.executions.list({ machine, status: input.statusFilter, before, limit });
  }
  const by: PinnedBy = isVersion(qualifier) ? { version: Number(qualifier) } : { alias: qualifier };
  const isThere =
    'version' in by
      ? parts.catalogue.versions.find(machine, by.version) !== undefined
      : parts.catalogue.aliases.find(machine, by.alias) !== undefined;
  if (!isThere) throw noStateMachine(arn);
  const { statusFilter } = input;
  const isWanted = ({ status }: ExecutionSummary): boolean =>
    statusFilter === undefined || status === statusFilter;
  return pinned({ parts, machine, by }, { before, limit, isWanted });
}

interface Pinned {
  readonly parts: ApiParts;
  readonly machine: string;
  readonly by: PinnedBy;
}

/** Those that a version or alias started. */
function pinned({ parts, machine, by }: Pinned, wanted: Wanted): ExecutionSummary[] {
  return collect(wanted, (before) =>
    parts.catalogue.pins.list(machine, by, { before, limit: wanted.limit }).map(({ ref, seq: position }) => {
      const summary = parts.executions.find(ref);
      return summary === undefined ? { position } : { ...summary, position };
    }),
  );
}

interface Wanted {
  readonly before: number | undefined;
  readonly limit: number;
  isWanted(summary: ExecutionSummary): boolean;
}

type Row = ChildSummary | { readonly position: number };

/** Reads on, a page at a time, until there are as many of the wanted ones, or no more rows. */
function collect(
  { before, limit, isWanted }: Wanted,
  read: (before: number) => readonly Row[],
): ChildSummary[] {
  const found: ChildSummary[] = [];
  let position: number | undefined = before ?? Number.MAX_SAFE_INTEGER;
  while (position !== undefined && found.length < limit) {
    const rows = read(position);
    found.push(...rows.filter((row) => 'ref' in row).filter(isWanted));
    position = rows.length < limit ? undefined : rows.at(-1)?.position;
  }
  return found.slice(0, limit);
}

interface MapRunSelection {
  readonly parts: ApiParts;
  readonly mapRunArn: string;
  readonly before: number | undefined;
}

function ofMapRun(input: Input, { parts, mapRunArn, before: from }: MapRunSelection): ChildSummary[] {
  checkMapRunArn(mapRunArn);
  const limit = pageSize(input) + 1;
  const { statusFilter: status, redriveFilter } = input;
  const isWanted = ({ ref }: ExecutionSummary): boolean =>
    redriveFilter === undefined || parts.redrive.state(ref).count > 0 === (redriveFilter === 'REDRIVEN');
  return collect({ before: from, limit, isWanted }, (before) => {
    const found = parts.mapRuns.children(mapRunArn, { status, before, limit });
    if (found === undefined) throw noResource(mapRunArn);
    return found;
  });
}

function describe(
  { ref, status, startedAt, endedAt, items }: ChildSummary,
  { mapRunArn }: Input,
  parts: ApiParts,
): JsonObject {
  const { count, redrivenAt } = parts.redrive.state(ref);
  return {
    ...{ executionArn: executionArn(ref), stateMachineArn: machineArn(ref.machine), name: ref.name },
    ...{ status, startDate: timestamp(startedAt) },
    ...(endedAt === undefined ? {} : { stopDate: timestamp(endedAt) }),
    ...(mapRunArn === undefined ? {} : { mapRunArn }),
    ...(items === undefined ? {} : { itemCount: items }),
    ...startedBy(parts.catalogue.pins.find(ref)),
    redriveCount: count,
    ...(redrivenAt === undefined ? {} : { redriveDate: timestamp(redrivenAt) }),
  };
}

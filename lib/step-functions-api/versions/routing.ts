import * as z from 'zod';
import type { JsonObject } from '#core/json.ts';
import { machineArn, readMachineArn } from '../arn.ts';
import type { Route } from '../catalogue/alias-store.ts';
import { isVersion } from '../catalogue/revisions.ts';
import { noResource, validationFault } from '../faults.ts';
import { ArnField } from '../fields.ts';
import { demandMachine } from '../machines/find.ts';
import type { ApiParts } from '../parts.ts';

/** One or two versions, each with its share of the executions. */
export const RoutingField = z
  .array(z.object({ stateMachineVersionArn: ArnField, weight: z.int().min(0).max(100) }))
  .min(1)
  .max(2);

/** Where an alias leads, and whose it is. */
export interface Routing {
  readonly machine: string;
  readonly routes: readonly Route[];
}

/** Reads a routing: distinct versions that are there, of one machine, with weights of 100 together. Throws ValidationException. */
export function readRouting(parts: ApiParts, routing: z.output<typeof RoutingField>): Routing {
  const arns = routing.map(({ stateMachineVersionArn }) => stateMachineVersionArn);
  const named = routing.map(({ stateMachineVersionArn, weight }) => ({
    ...readMachineArn(stateMachineVersionArn),
    weight,
  }));
  if (named.some(({ qualifier = '' }) => !isVersion(qualifier))) {
    throw invalid(
      `Routing configuration must contain state machine version ARNs. Received: [${arns.join(', ')}]`,
    );
  }
  if (new Set(named.map(({ qualifier }) => Number(qualifier))).size < named.length) {
    throw invalid(
      `Routing configuration must contain distinct state machine version ARNs. Received: [${arns.join(', ')}]`,
    );
  }
  const weights = named.map(({ weight }) => weight);
  if (weights.reduce((sum, weight) => sum + weight, 0) !== 100) {
    throw invalid(`Sum of routing configuration weights must equal 100. Received: [${weights.join(', ')}]`);
  }
  const [first = ''] = arns;
  const { name: machine } = demandMachine(parts, first);
  if (named.some((each) => each.machine !== machine)) {
    throw invalid(
      `Routing configuration must contain versions of one state machine. Received: [${arns.join(', ')}]`,
    );
  }
  const routes = named.map(({ qualifier, weight }) => ({ version: Number(qualifier), weight }));
  for (const { version } of routes) {
    if (parts.catalogue.versions.find(machine, version) === undefined)
      throw noResource(machineArn(machine, version));
  }
  return { machine, routes };
}

/** A routing as it is described. */
export function describeRouting(machine: string, routes: readonly Route[]): readonly JsonObject[] {
  return routes.map(({ version, weight }) => ({
    stateMachineVersionArn: machineArn(machine, version),
    weight,
  }));
}

function invalid(message: string): Error {
  return validationFault(message, 'INVALID_ROUTING_CONFIGURATION');
}

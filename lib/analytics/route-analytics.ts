import { getWorkflow } from '#executions/workflow-store.ts';
import type { Table } from '#table/table.ts';
import type { AnalyticsOptions } from './decision-analytics.ts';
import { type Period, readRoutes } from './read-log.ts';
import type { RouteRecord } from './record.ts';
import { type Regret, RegretEstimate } from './regret.ts';
import { type Summary, Tallies, Tally } from './tally.ts';

/** What came of the choices of devices for one step. */
export interface RouteSummary extends Summary {
  /** Such as `firmware-rollout/rollout.flash`. */
  readonly route: string;
  /** Choices of an alternative of `fallback`, and of devices that were to show that they can do it again. */
  readonly fallbacks: number;
  readonly probes: number;
  readonly regret?: Regret;
}

/** What came of the choices of devices for the steps of a workflow in a period. Times in ms since the Unix epoch. */
export interface RouteAnalytics extends Period {
  readonly workflow: string;
  /** False where there is more than was read: then `from` is when the oldest that was read was made. */
  readonly isWhole: boolean;
  readonly all: Summary;
  readonly routes: readonly RouteSummary[];
  readonly strategies: readonly ({ readonly strategy: string } & Summary)[];
  /** Those with the most choices; `moreDevices` others are not told. */
  readonly devices: readonly ({ readonly device: string } & Summary)[];
  readonly moreDevices: number;
}

const MOST_RECORDS = 20_000;
const MOST_DEVICES = 100;
const MOST_NAMES = 10_000;

/** Reads the log of the routes of a workflow and tells what came of them. Throws SW4043 for an unknown workflow. */
export async function routeAnalytics(
  table: Table,
  workflow: string,
  { from, to, most = MOST_RECORDS }: Period & AnalyticsOptions,
): Promise<RouteAnalytics> {
  await getWorkflow(table, workflow);
  const gathered = new Gathered();
  let isWhole = true;
  let first = from;
  for await (const { record } of readRoutes(table, workflow, { from, to, newestFirst: true })) {
    if (gathered.all.hits === most) {
      isWhole = false;
      break;
    }
    gathered.count(record);
    first = record.at;
  }
  const devices = gathered.devices.entries();
  return {
    ...{ workflow, from: isWhole ? from : first, to, isWhole },
    all: gathered.all.summary(),
    routes: gathered.routeSummaries(),
    strategies: gathered.strategies.entries().map(([strategy, tally]) => ({ strategy, ...tally.summary() })),
    devices: devices.slice(0, MOST_DEVICES).map(([device, tally]) => ({ device, ...tally.summary() })),
    moreDevices: Math.max(0, devices.length - MOST_DEVICES),
  };
}

interface RouteCounts {
  readonly tally: Tally;
  readonly regret: RegretEstimate;
  fallbacks: number;
  probes: number;
}

/** All that is counted in one walk through the log. */
class Gathered {
  readonly all = new Tally();
  readonly strategies = new Tallies();
  readonly devices = new Tallies(MOST_NAMES);
  readonly #routes = new Map<string, RouteCounts>();

  count(record: RouteRecord): void {
    const { features, chosen } = record;
    this.all.count(record);
    this.strategies.count(String(features['strategy']), record);
    this.devices.count(chosen, record);
    const known = this.#routes.get(record.route) ?? {
      ...{ tally: new Tally(), regret: new RegretEstimate(), fallbacks: 0, probes: 0 },
    };
    this.#routes.set(record.route, known);
    countRoute(known, record);
  }

  routeSummaries(): readonly RouteSummary[] {
    const ordered = [...this.#routes].toSorted(([, one], [, other]) => other.tally.hits - one.tally.hits);
    return ordered.map(([route, { tally, regret, fallbacks, probes }]) => {
      const estimated = regret.result();
      return {
        ...{ route, ...tally.summary(), fallbacks, probes },
        ...(estimated === undefined ? {} : { regret: estimated }),
      };
    });
  }
}

/** Devices are compared that fitted the same alternative of the same route, as far as they stood beside the one that was chosen. */
function countRoute(counts: RouteCounts, record: RouteRecord): void {
  const { features, options, chosen, outcome } = record;
  counts.tally.count(record);
  if (features['alternative'] !== 0) counts.fallbacks++;
  if (features['isProbe'] === true) counts.probes++;
  if (outcome?.success === undefined) return;
  counts.regret.count({
    ...{ context: String(features['alternative']), arm: chosen, success: outcome.success },
    options: options.map(({ device }) => device),
  });
}

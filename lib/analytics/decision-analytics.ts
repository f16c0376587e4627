import type { Json, JsonObject } from '#core/json.ts';
import { getDecision } from '#executions/decision-store.ts';
import type { Table } from '#table/table.ts';
import { type ShadowComparison, Shadows, type SplitComparison, Splits } from './compare-sides.ts';
import { type Drift, driftOf, InputValues, isLong } from './drift.ts';
import { unmarking } from './personal.ts';
import { type Period, readDecisions } from './read-log.ts';
import type { DecisionRecord } from './record.ts';
import { type Regret, RegretEstimate } from './regret.ts';
import { hitRules, rulesOf } from './rules.ts';
import { type Summary, Tallies, Tally } from './tally.ts';

/** What came of the decisions of a name in a period. Times in ms since the Unix epoch. */
export interface DecisionAnalytics extends Period {
  readonly decision: string;
  /** False where there is more than was read: then `from` is when the oldest that was read was made. */
  readonly isWhole: boolean;
  readonly all: Summary;
  /** Decisions that failed. */
  readonly failed: number;
  readonly versions: readonly ({ readonly version: string } & Summary)[];
  readonly rules: readonly ({ readonly version: string; readonly rule: string } & Summary)[];
  /** Rules that nothing hit, of versions that have decided. */
  readonly neverHit: readonly { readonly version: string; readonly rules: readonly string[] }[];
  readonly workflows: readonly ({ readonly workflow: string } & Summary)[];
  readonly splits: readonly SplitComparison[];
  readonly shadows: readonly ShadowComparison[];
  readonly regret?: Regret;
  /** Against the period of the same length before; the most first. */
  readonly drift: readonly Drift[];
}

/** How much is read. */
export interface AnalyticsOptions {
  /** Records of a period that are read at most, the newest. Default 20,000. */
  readonly most?: number;
}

const MOST_RECORDS = 20_000;
/** Versions of which it is told which rules were never hit. */
const MOST_VERSIONS = 20;

/** Reads the log of a decision and tells what came of it. Throws SW4029 for a decision that is not published. */
export async function decisionAnalytics(
  table: Table,
  decision: string,
  { from, to, most = MOST_RECORDS }: Period & AnalyticsOptions,
): Promise<DecisionAnalytics> {
  const latest = await getDecision(table, decision);
  const gathered = new Gathered();
  let isWhole = true;
  let first = from;
  for await (const { record } of readDecisions(table, decision, { from, to, newestFirst: true })) {
    if (gathered.all.hits === most) {
      isWhole = false;
      break;
    }
    gathered.count(record);
    first = record.at;
  }
  const begin = isWhole ? from : first;
  const before = await valuesBefore(table, decision, { from: 2 * begin - to, to: begin, most });
  const versions = gathered.versions.entries().map(([version]) => version);
  const neverHit = await neverHitOf(table, decision, { versions, rules: gathered.rules });
  const regret = gathered.regret.result();
  return {
    ...{ decision, from: begin, to, isWhole },
    all: gathered.all.summary(),
    failed: gathered.failed,
    versions: gathered.versions.entries().map(([version, tally]) => ({ version, ...tally.summary() })),
    rules: gathered.rules.entries().map(([key, tally]) => ({ ...readRuleKey(key), ...tally.summary() })),
    neverHit: versions.length === 0 ? allRules(latest.file.version, rulesOf(latest.file)) : neverHit,
    workflows: gathered.workflows.entries().map(([workflow, tally]) => ({ workflow, ...tally.summary() })),
    ...{ splits: gathered.splits.result(), shadows: await gathered.shadows.result(unmarking(table)) },
    ...(regret === undefined ? {} : { regret }),
    drift: driftOf(before, gathered.values),
  };
}

/** All that is counted in one walk through the log. */
class Gathered {
  readonly all = new Tally();
  readonly versions = new Tallies();
  readonly rules = new Tallies(20_000);
  readonly workflows = new Tallies();
  readonly splits = new Splits();
  readonly shadows = new Shadows();
  readonly regret = new RegretEstimate();
  readonly values = new InputValues();
  failed = 0;

  count(record: DecisionRecord): void {
    const { version, workflow, features, chosen, outcome, error } = record;
    this.all.count(record);
    this.versions.count(version, record);
    if (error !== undefined) this.failed++;
    for (const rule of hitRules(record)) this.rules.count(`${version} ${rule}`, record);
    if (workflow !== undefined) this.workflows.count(workflow, record);
    this.splits.count(record);
    this.shadows.count(record);
    this.values.count(features);
    if (outcome?.success === undefined || chosen === undefined) return;
    this.regret.count({
      context: contextOf(features),
      arm: JSON.stringify(chosen),
      success: outcome.success,
    });
  }
}

function readRuleKey(key: string): { readonly version: string; readonly rule: string } {
  const [version = '', rule = ''] = key.split(' ');
  return { version, rule };
}

function allRules(version: string, rules: readonly string[]): DecisionAnalytics['neverHit'] {
  return rules.length === 0 ? [] : [{ version, rules }];
}

async function neverHitOf(
  table: Table,
  decision: string,
  { versions, rules }: { readonly versions: readonly string[]; readonly rules: Tallies },
): Promise<DecisionAnalytics['neverHit']> {
  const hit = new Set(rules.entries().map(([key]) => key));
  const found = await Promise.all(
    versions.slice(0, MOST_VERSIONS).map(async (version) => {
      const { file } = await getDecision(table, decision, version);
      return { version, rules: rulesOf(file).filter((rule) => !hit.has(`${version} ${rule}`)) };
    }),
  );
  return found.filter((each) => each.rules.length > 0);
}

async function valuesBefore(
  table: Table,
  decision: string,
  { most, ...period }: Period & Required<AnalyticsOptions>,
): Promise<InputValues> {
  const values = new InputValues();
  let read = 0;
  for await (const { record } of readDecisions(table, decision, { ...period, newestFirst: true })) {
    if (read === most) break;
    read++;
    values.count(record.features);
  }
  return values;
}

/** Decisions with the same context were asked much the same: equal short texts and truths, numbers of the same power of two. */
function contextOf(features: JsonObject): string {
  return JSON.stringify(Object.entries(features).map(([name, value]) => [name, classOf(value)]));
}

function classOf(value: Json): Json {
  if (typeof value === 'number')
    return value === 0 ? 0 : Math.sign(value) * (1 + Math.floor(Math.log2(Math.abs(value) + 1)));
  return isLong(value) ? null : value;
}

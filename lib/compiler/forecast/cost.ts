import * as z from 'zod';
import prices from './prices.json' with { type: 'json' };
import { USAGE_UNITS, type Usage } from './usage.ts';

const PriceTableSchema = z.strictObject({
  region: z.string(),
  /** When the prices were last compared with their sources, as a date. */
  date: z.iso.date(),
  currency: z.literal('USD'),
  notCounted: z.string(),
  prices: z.array(
    z.strictObject({
      service: z.string(),
      unit: z.enum(USAGE_UNITS),
      perMillion: z.number().positive(),
      of: z.string(),
      source: z.url(),
    }),
  ),
});

/** What AWS takes for the units of {@link Usage}; a unit may have several prices. */
export const PRICES = PriceTableSchema.parse(prices);

/** What a run costs, in dollars. */
export interface Cost {
  readonly region: string;
  /** Of the prices. */
  readonly date: string;
  readonly dollarsPerRun: number;
  readonly dollarsPerThousandRuns: number;
  /** Dollars of one run, by service. */
  readonly services: Readonly<Record<string, number>>;
  readonly notCounted: string;
}

/** What is used costs. */
export function costOf(usage: Usage): Cost {
  const services: Record<string, number> = {};
  for (const { service, unit, perMillion } of PRICES.prices) {
    services[service] = (services[service] ?? 0) + (usage[unit] * perMillion) / 1_000_000;
  }
  const dollarsPerRun = Object.values(services).reduce((sum, dollars) => sum + dollars, 0);
  return {
    region: PRICES.region,
    date: PRICES.date,
    dollarsPerRun: rounded(dollarsPerRun),
    dollarsPerThousandRuns: rounded(dollarsPerRun * 1_000),
    services: Object.fromEntries(Object.entries(services).map(([name, dollars]) => [name, rounded(dollars)])),
    notCounted: PRICES.notCounted,
  };
}

/** Sums of decimal fractions have digits that mean nothing. */
function rounded(dollars: number): number {
  return Number(dollars.toPrecision(6));
}

/** Dollars for people: `$1.38`, and of less than a cent two digits that count: `$0.0014`. */
export function formatDollars(dollars: number): string {
  return `$${dollars < 0.01 ? Number(dollars.toPrecision(2)) : dollars.toFixed(2)}`;
}

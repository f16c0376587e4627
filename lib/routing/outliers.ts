/** How often a device has succeeded and failed of late. */
export interface Rated {
  readonly id: string;
  readonly successes: number;
  readonly failures: number;
  /** Whether it is in quarantine already. */
  readonly isOut: boolean;
}

/**
 * As in Envoy's outlier detection by success rate (envoyproxy.io, "Outlier detection"): a device with enough outcomes is an
 * outlier when its rate is below the mean of such devices by more than so many standard deviations.
 */
const DEVIATIONS = 1.9;
/** Outcomes of late that a rate needs to count. */
const LEAST_VOLUME = 20;
/** Rates that a mean needs. */
const LEAST_DEVICES = 5;
/** At most this share of the devices is in quarantine; one may always be. */
const MOST_OUT = 0.1;

/** The devices that do far worse than the others, the worst first, as many as may go into quarantine. */
export function findOutliers(devices: readonly Rated[]): readonly string[] {
  const rates = devices
    .filter(({ isOut, successes, failures }) => !isOut && successes + failures >= LEAST_VOLUME)
    .map(({ id, successes, failures }) => ({ id, rate: successes / (successes + failures) }));
  if (rates.length < LEAST_DEVICES) return [];
  const mean = rates.reduce((sum, { rate }) => sum + rate, 0) / rates.length;
  const variance = rates.reduce((sum, { rate }) => sum + (rate - mean) ** 2, 0) / rates.length;
  const threshold = mean - DEVIATIONS * Math.sqrt(variance);
  const out = devices.filter(({ isOut }) => isOut).length;
  const room = Math.max(1, Math.floor(devices.length * MOST_OUT)) - out;
  return rates
    .filter(({ rate }) => rate < threshold)
    .toSorted((one, other) => one.rate - other.rate)
    .slice(0, Math.max(0, room))
    .map(({ id }) => id);
}

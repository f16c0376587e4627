import type { ExecutionPorts } from '#executions/ports.ts';
import { type EventFeed, NO_FEED } from '#monitoring/feed/feed.ts';
import type { ReportFiles } from '#reports/made/report-files.ts';

/** What is known of what happens. */
export interface MonitoringPorts {
  readonly feed: EventFeed;
  /** Where events are pushed, for who has reached the API at a host; undefined where nothing is pushed. */
  liveUrl(host: string | undefined): string | undefined;
  /** All metrics as OpenMetrics text; undefined where they are kept elsewhere. */
  metrics(): Promise<string | undefined>;
}

/** What serving the API takes. */
export interface ApiPorts extends ExecutionPorts, MonitoringPorts {
  /** Where reports are kept that were made; undefined where none are. */
  readonly reportFiles: ReportFiles | undefined;
}

/** Of who keeps no events. */
export const UNMONITORED: MonitoringPorts = {
  feed: NO_FEED,
  liveUrl: () => undefined,
  metrics: async () => undefined,
};

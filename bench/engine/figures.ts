import { z } from 'zod';

const DistributionSchema = z.object({ mean: z.number(), p50: z.number(), p95: z.number(), n: z.number() });

/** What one run of a peer measured. Times in ms, memory in MB (10^6 bytes). */
export const PeerFiguresSchema = z.object({
  describe: z.string(),
  /** W1: a workflow of 5 steps, one after another. */
  fiveStepsMs: DistributionSchema,
  /** W2: many such workflows at once. */
  atOnce: z.object({
    workflows: z.number(),
    concurrency: z.number(),
    wallMs: z.number(),
    perSecond: z.number(),
    /** CPU of all processes of the peer, per workflow; undefined where the system does not tell. */
    cpuMs: z.number().optional(),
  }),
  /** W3: branches side by side. */
  branchesMs: DistributionSchema,
  /** W4: a workflow of 100 steps. */
  hundredStepsMs: DistributionSchema,
  /** Highest resident memory of the peer's process in the whole run, client and work included. */
  peakMB: z.number(),
});
/** What one run of a peer measured. */
export type PeerFigures = z.infer<typeof PeerFiguresSchema>;

/** One run of a peer, and how quiet the machine was. Shares are of all cores, 0 to 1. */
export const PeerRunSchema = z.object({
  figures: PeerFiguresSchema,
  /** Highest memory of the servers that the peer starts, summed, shared pages counted once. */
  serversMB: z.number(),
  idleBefore: z.number(),
  /** CPU that others used meanwhile. */
  foreignCpu: z.number(),
});
/** One run of a peer. */
export type PeerRun = z.infer<typeof PeerRunSchema>;

/** A peer in a report: its runs, or why it is not here. */
export const PeerReportSchema = z.object({
  name: z.string(),
  runs: z.array(PeerRunSchema),
  notHere: z.string().optional(),
});
/** A peer in a report. */
export type PeerReport = z.infer<typeof PeerReportSchema>;

/** What Stepwright's own measures give; each may be left out by `--only`. */
export const OwnFiguresSchema = z.object({
  waiting: z
    .object({
      executions: z.number(),
      baseMB: z.number(),
      peakMB: z.number(),
      kBEach: z.number(),
      startedPerSecond: z.number(),
    })
    .optional(),
  payload: z
    .object({
      payloadKiB: z.number(),
      steps: z.number(),
      workflows: z.number(),
      wallMs: z.number(),
      mbPerSecond: z.number(),
    })
    .optional(),
  stored: z.array(z.object({ stored: z.number(), stepUs: z.number(), stepCpuUs: z.number() })).optional(),
  monitoring: z
    .object({
      offPerSecond: z.number(),
      onPerSecond: z.number(),
      overheadPercent: z.number(),
      pairs: z.number(),
    })
    .optional(),
});
/** What Stepwright's own measures give. */
export type OwnFigures = z.infer<typeof OwnFiguresSchema>;

/** The result file. */
export const EngineReportSchema = z.object({
  date: z.iso.datetime(),
  quick: z.boolean(),
  machine: z.object({
    cpu: z.string(),
    cores: z.number(),
    memoryGiB: z.number(),
    system: z.string(),
    node: z.string(),
  }),
  peers: z.array(PeerReportSchema),
  own: OwnFiguresSchema,
});
/** The result file. */
export type EngineReport = z.infer<typeof EngineReportSchema>;

import * as z from 'zod';
import type { Device } from '#devices/device.ts';
import { BREAKER_STATES, BreakerSchema, stateOf } from '#routing/breaker.ts';
import { abilityAt, type Health } from '#routing/health.ts';
import { DeviceDocumentSchema, instant, toDeviceDocument } from './documents.ts';

const BreakerDocumentSchema = BreakerSchema.pick({ reason: true, opened: true }).extend({
  state: z.enum(BREAKER_STATES),
  until: z.string().describe('No command is given to it before this; ISO 8601.'),
  probe: z.string().optional().describe('The command that tries whether it can do it again.'),
});

/** A device with what is known of how it does. */
export const DeviceDetailSchema = DeviceDocumentSchema.extend({
  health: z.object({
    open: z.number().int().describe('Commands in flight and in the mailbox.'),
    abilities: z.record(
      z.string(),
      z.object({
        successes: z.number().describe('Of late: half of them are forgotten each half an hour.'),
        failures: z.number(),
        inARow: z.number().int().describe('Failures since the last success.'),
        latencyMs: z.number().optional().describe('Moving average of how long answers take.'),
        breaker: BreakerDocumentSchema.optional().describe('Absent while it is closed.'),
      }),
    ),
  }),
}).meta({ id: 'DeviceDetail' });

/** A device with what is known of how it does, at a time. */
export function toDeviceDetail(
  device: Device,
  health: Health,
  now: number,
): z.input<typeof DeviceDetailSchema> {
  const abilities = Object.keys(health.abilities)
    .toSorted()
    .map((name) => [name, abilityDocument(health, name, now)] as const);
  return {
    ...toDeviceDocument(device),
    health: { open: health.open, abilities: Object.fromEntries(abilities) },
  };
}

function abilityDocument(health: Health, name: string, now: number) {
  const { successes, failures, inARow, latencyMs, breaker } = abilityAt(health, name, now);
  return {
    ...{ successes: rounded(successes), failures: rounded(failures), inARow },
    ...(latencyMs === undefined ? {} : { latencyMs: Math.round(latencyMs) }),
    ...(breaker === undefined
      ? {}
      : {
          breaker: {
            ...{ state: stateOf(breaker, now), reason: breaker.reason, opened: breaker.opened },
            until: instant(breaker.until),
            ...(breaker.probe === undefined ? {} : { probe: breaker.probe.command }),
          },
        }),
  };
}

/** Outcomes that are half forgotten have long fractions. */
function rounded(count: number): number {
  return Number(count.toFixed(2));
}

import { allDevices } from '#devices/registry.ts';
import { betweenOf, momentOf, recordOf } from '../record.ts';
import type { ReadSource } from './source-ports.ts';

/** All registered devices as records, as they are now. */
export const readDevices: ReadSource = async function* ({ table }, { period }) {
  for await (const device of allDevices(table)) {
    const { id, type, zone, status, tags, capabilities, reported } = device;
    const { registeredAt, lastSeenAt, reportedAt } = device;
    yield recordOf({
      ...{ id, type, zone, status, tags, capabilities, reported },
      ...{ registeredAt: momentOf(registeredAt), lastSeenAt: momentOf(lastSeenAt) },
      ...{ reportedAt: momentOf(reportedAt), silentMs: betweenOf(lastSeenAt, period.to) },
    });
  }
};

import { SimulatedDisk, SimulatedStore } from '../simulation/simulated-store.ts';
import { describeJournalStore } from './journal-store.ts';

describeJournalStore('simulated', () => {
  const disk = new SimulatedDisk();
  let process = { alive: true, full: false };
  return {
    open: () => {
      const own = { alive: true, full: false };
      process = own;
      return new SimulatedStore(disk, {
        isAlive: () => own.alive,
        schedule: setImmediate,
        nextFlush: () => 'durable',
        canWrite: () => !own.full,
        instant: () => {},
      });
    },
    crash: () => {
      process.alive = false;
    },
    fail: () => {
      process.full = true;
    },
    close: () => {
      process.alive = false;
    },
  };
});

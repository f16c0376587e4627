import { MemoryTable } from '#support/memory-table.ts';
import { describeTable } from './table.ts';

describeTable(
  'memory, in which properties are tested,',
  async () => ({ table: new MemoryTable(), close: async () => undefined }),
  { propertyRuns: 200 },
);

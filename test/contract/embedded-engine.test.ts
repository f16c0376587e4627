import { EmbeddedEngine } from '#engine/embedded/engine.ts';
import { Database } from '#storage/database.ts';
import { describeEngine } from './engine.ts';

describeEngine('the embedded engine', async () => {
  const database = new Database(':memory:');
  const engine = new EmbeddedEngine({ database, functions: {} });
  return {
    engine,
    close: async () => {
      engine.close();
      database.close();
    },
  };
});

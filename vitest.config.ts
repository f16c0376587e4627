import { defineConfig } from 'vitest/config';
import { ALONE } from './test/alone.ts';

/** Projects by what they need: all but `emulator`, which needs an emulated AWS, run anywhere. */
const QUICK = [
  'unit',
  'golden',
  'contract',
  'conformance',
  'embedded',
  'simulation',
  'infra',
  'docs',
] as const;

/** What is made once for all files of a project. */
const GLOBAL_SETUP: Readonly<Partial<Record<(typeof QUICK)[number], string>>> = {
  embedded: 'test/embedded/global-setup.ts',
  infra: 'test/infra/global-setup.ts',
};

/** Where to write the results as JSON, for continuous integration. */
const REPORT = process.env['STEPWRIGHT_TEST_REPORT'];

export default defineConfig({
  test: {
    // Many tests wait for processes of their own, so that a core spared for the runner would stand idle.
    maxWorkers: '100%',
    ...(REPORT === undefined ? {} : { reporters: ['default', ['json', { outputFile: REPORT }]] }),
    projects: [
      ...QUICK.map((name) => ({
        test: {
          name,
          include: [`test/${name}/**/*.test.ts`, ...(name === 'unit' ? ['test/*.test.ts'] : [])],
          exclude: [...ALONE],
          globalSetup: GLOBAL_SETUP[name] ?? [],
          // A file's own process takes as long as its tests; see test/alone.ts.
          isolate: false,
          testTimeout: 20_000,
        },
      })),
      { test: { name: 'alone', include: [...ALONE], testTimeout: 20_000 } },
      {
        test: {
          name: 'emulator',
          include: ['test/emulator/**/*.test.ts'],
          globalSetup: ['test/emulator/global-setup.ts'],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 300_000,
        },
      },
    ],
    coverage: { provider: 'v8', include: ['lib/**/*.ts', 'functions/**/*.ts'] },
  },
});

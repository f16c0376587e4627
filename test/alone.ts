/**
 * Test files that each have a process of their own, as globs. All others of a project share two processes, in which a
 * module is loaded once: that halves the time of the suite. So a file belongs here when it changes what a process has
 * once (the environment, the working folder, the standard streams, a client of the SDK whose `send` is replaced), when
 * it looks at what a module keeps from the first call on, or when it measures the whole process.
 */
export const ALONE: readonly string[] = [
  'test/contract/archive/s3-store.test.ts',
  'test/docs/archive.test.ts',
  'test/unit/cli/remote-diagnostics.test.ts',
  'test/unit/devices/aws-adapters.test.ts',
  'test/unit/engine/step-functions.test.ts',
  'test/unit/engine/step-functions-validation.test.ts',
  // The SDK finds the credentials of these in the environment.
  'test/unit/engine/embedded/services/*.test.ts',
  // The CPU time and the memory of the process are measured.
  'test/unit/engine/embedded/hostile.test.ts',
  'test/unit/expression/bounded/hostile.test.ts',
  // The shell of a function tells of its cold start once, and its logger and tracer read the environment once.
  'test/unit/functions/*.test.ts',
  'test/unit/integrations/aws-adapters.test.ts',
  'test/unit/notifications/aws-adapters.test.ts',
  'test/unit/reports/files.test.ts',
  'test/unit/step-functions-api/validate.test.ts',
  'test/unit/table/dynamodb-faults.test.ts',
];

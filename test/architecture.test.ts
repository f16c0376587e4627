import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');

/** What each room may import of ours, besides itself. The order of the table is the order in which data flows. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  statistics: ['core'],
  expression: ['core'],
  definition: ['core', 'expression'],
  validation: ['core', 'expression', 'definition'],
  compiler: ['core', 'expression', 'definition'],
  decisions: ['core', 'expression', 'definition', 'validation'],
  storage: ['core'],
  deadlines: ['core'],
  table: ['core', 'storage'],
  engine: ['core', 'storage', 'expression'],
  'step-functions-api': ['core', 'storage', 'compiler', 'engine'],
  integrations: ['core', 'expression', 'table', 'compiler'],
  notifications: ['core', 'definition', 'table', 'compiler', 'deadlines', 'integrations'],
  concurrency: ['core', 'engine', 'table', 'compiler', 'deadlines'],
  routing: ['core', 'expression', 'table', 'compiler'],
  devices: [
    ...['core', 'expression', 'definition', 'engine', 'table', 'compiler'],
    ...['deadlines', 'integrations', 'notifications', 'routing'],
  ],
  signals: [
    ...['core', 'expression', 'definition', 'engine', 'table', 'compiler', 'deadlines', 'integrations'],
    'notifications',
  ],
  executions: [
    ...['core', 'expression', 'definition', 'engine', 'table', 'compiler', 'deadlines', 'integrations'],
    ...['concurrency', 'decisions', 'routing', 'devices', 'signals', 'notifications'],
  ],
  monitoring: [
    ...['core', 'storage', 'expression', 'definition', 'table', 'notifications', 'concurrency', 'routing'],
    ...['compiler', 'devices', 'engine', 'signals', 'executions', 'statistics'],
  ],
  analytics: [
    ...['core', 'statistics', 'definition', 'routing', 'devices', 'concurrency', 'table'],
    ...['executions', 'monitoring'],
  ],
  reports: [
    ...[
      'core',
      'expression',
      'definition',
      'table',
      'engine',
      'notifications',
      'devices',
      'signals',
      'executions',
    ],
    ...['monitoring', 'analytics', 'statistics'],
  ],
  api: [
    ...[
      'analytics',
      'reports',
      'core',
      'expression',
      'definition',
      'validation',
      'compiler',
      'engine',
      'table',
    ],
    ...['concurrency', 'decisions', 'routing', 'devices', 'integrations', 'signals', 'executions'],
    'notifications',
    'monitoring',
  ],
  archive: [
    ...['core', 'storage', 'expression', 'table', 'devices', 'notifications', 'executions', 'monitoring'],
    ...['analytics', 'api'],
  ],
  functions: [
    'archive',
    ...['core', 'definition', 'validation', 'compiler', 'engine', 'table', 'deadlines'],
    ...['concurrency', 'routing', 'devices', 'integrations', 'signals', 'executions', 'api'],
    'notifications',
    ...['monitoring', 'analytics', 'reports'],
  ],
  embedded: [
    'archive',
    ...['core', 'storage', 'expression', 'definition', 'validation', 'compiler', 'engine', 'table'],
    ...['deadlines', 'concurrency', 'devices', 'integrations', 'signals', 'executions', 'api', 'functions'],
    ...['step-functions-api', 'notifications', 'monitoring', 'analytics', 'reports'],
  ],
  rehearsal: [
    ...['core', 'storage', 'expression', 'definition', 'compiler', 'engine', 'table', 'concurrency'],
    ...['devices', 'integrations', 'signals', 'executions', 'embedded'],
  ],
  infra: [
    'archive',
    'core',
    'definition',
    'validation',
    'compiler',
    'decisions',
    'table',
    'devices',
    'executions',
    'monitoring',
    'reports',
  ],
  cli: [
    'archive',
    ...['analytics', 'core', 'expression', 'definition', 'validation', 'compiler', 'engine', 'table'],
    ...[
      'decisions',
      'routing',
      'devices',
      'integrations',
      'executions',
      'api',
      'embedded',
      'step-functions-api',
    ],
    ...['rehearsal', 'notifications', 'monitoring', 'reports'],
  ],
  bin: ['core', 'cli', 'infra', 'definition'],
};

/** From the compiler, everything after it takes what machines say and what is stored of a workflow: types and schemas. */
const COMPILER_CONTRACT = [
  ...['lib/compiler/compiled-workflow.ts', 'lib/compiler/task-id.ts', 'lib/compiler/task-payload.ts'],
  ...['lib/compiler/call-payload.ts', 'lib/compiler/wait-payload.ts'],
  ...['lib/compiler/rollout-payload.ts', 'lib/compiler/route-payload.ts'],
  // What calls take, and what that costs, is said once.
  ...[
    'lib/compiler/forecast/cost.ts',
    'lib/compiler/forecast/usage.ts',
    'lib/compiler/forecast/handler-usage.ts',
  ],
];
const ONLY_COMPILER_CONTRACT = [
  ...[
    'concurrency',
    'devices',
    'executions',
    'integrations',
    'monitoring',
    'notifications',
    'routing',
    'signals',
  ],
];

/** Where a package may be used. What is not listed may be used anywhere that is not browser code. */
const HOMES: Readonly<Record<string, readonly string[]>> = {
  'aws-cdk-lib': ['lib/infra/', 'bin/app.ts'],
  constructs: ['lib/infra/', 'bin/app.ts'],
  'cdk-nag': ['lib/infra/', 'bin/app.ts'],
  '@aws-sdk': [
    'lib/engine/step-functions',
    'lib/engine/embedded/services/s3-objects',
    'lib/table/dynamodb',
    'lib/devices/transport/iot-core',
    'lib/deadlines/sqs',
    'lib/integrations/secrets-manager',
    'lib/notifications/send/sns-topics',
    'lib/notifications/send/ses-mailer',
    'lib/archive/stores/',
    'lib/reports/made/s3-files',
    'functions/',
  ],
  '@smithy/core': ['lib/engine/embedded/services/sdk-shape'],
  '@smithy/signature-v4': ['lib/step-functions-api/signature'],
  'lru-cache': ['lib/decisions/answer-cache'],
  nodemailer: ['lib/notifications/send/smtp-mailer'],
  '@datadog/sketches-js': ['lib/analytics/tally', 'lib/statistics/'],
  croner: ['lib/core/cron'],
  'd3-scale': ['lib/reports/charts/'],
  'd3-shape': ['lib/reports/charts/'],
  'hyparquet-writer': ['lib/cli/export/parquet'],
  'csv-parse': ['lib/engine/embedded/services/item-formats', 'lib/decisions/reference-data'],
  '@middy': ['functions/'],
  '@aws-lambda-powertools': ['functions/'],
  'node:sqlite': [
    'lib/storage/',
    'lib/table/sqlite',
    'lib/engine/embedded/',
    'lib/monitoring/feed/event-log',
    'lib/monitoring/feed/execution-starts',
  ],
  'node:fs': [
    ...['lib/definition/load', 'lib/embedded/', 'lib/cli/', 'lib/infra/', 'bin/'],
    ...['functions/publish-workflow/handler', 'functions/outside-event/handler'],
    'lib/engine/embedded/services/folder-objects',
    'lib/devices/sdk/file-command-store',
    'lib/archive/stores/folder-store',
  ],
  feelin: ['lib/definition/dmn/feel'],
  '@opentelemetry': ['lib/embedded/telemetry/'],
  commander: ['lib/cli/', 'bin/'],
  aedes: ['lib/embedded/'],
  ws: ['lib/embedded/live-server', 'lib/cli/events/'],
  mqtt: [
    'lib/devices/transport/broker',
    'lib/devices/transport/mqtt-connection',
    'lib/devices/sdk/',
    'lib/devices/simulator/',
  ],
  vitest: [],
};

/** Files that need each other to run, because what they read is nested, or one event leads to the next; by one of each circle. */
const RECURSIVE = [
  'lib/definition/dmn/feel.ts',
  'lib/engine/embedded/states/state.ts',
  'lib/signals/signal.ts',
];

/** These rooms also run in a browser. */
const BROWSER_ROOMS = ['core', 'expression', 'definition', 'validation', 'compiler'];

interface Import {
  readonly file: string;
  readonly specifier: string;
}

function sourceFiles(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)));
}

/** Static, side-effect, re-exporting and dynamic imports alike: all that stands in quotes behind one of these words. */
function importsOf(file: string): Import[] {
  const text = readFileSync(join(ROOT, file), 'utf8').replace(/^\s*(?:\*|\/\/).*$/gm, '');
  const pattern = /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*)(['"])([^'"\n]+)\1/g;
  return [...text.matchAll(pattern)].map(([, , specifier = '']) => ({ file, specifier }));
}

/** The file inside the project that a specifier names, or undefined for a package. */
function targetOf({ file, specifier }: Import): string | undefined {
  if (specifier.startsWith('.')) return relative(ROOT, join(ROOT, file, '..', specifier));
  const alias = /^#([a-z-]+)\/(.+)$/.exec(specifier);
  if (alias === null) return undefined;
  const [, room, rest] = alias;
  return room === 'functions'
    ? `functions/${rest}`
    : room === 'support'
      ? `test/support/${rest}`
      : `lib/${room}/${rest}`;
}

/** The files whose code a file needs when it is loaded; types are gone by then. */
function neededBy(file: string): readonly string[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const statements = text.matchAll(/^(?:import|export) (?!type )([^;]*?)from '([^']+)';$/gms);
  return [...statements].flatMap(([, names = '', specifier = '']) => {
    const isTypes = /^\{(?:\s*type [\w$ ]+,?)+\s*\}\s*$/.test(names);
    const target = isTypes ? undefined : targetOf({ file, specifier });
    return target === undefined ? [] : [target];
  });
}

/** The files in circles: those that a file needs, and that need it. */
function circleOf(file: string, needs: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const reached = (from: string): ReadonlySet<string> => {
    const found = new Set<string>();
    const next = [from];
    for (let at = next.pop(); at !== undefined; at = next.pop())
      for (const needed of needs.get(at) ?? [])
        if (!found.has(needed)) {
          found.add(needed);
          next.push(needed);
        }
    return found;
  };
  return [...reached(file)].filter((other) => reached(other).has(file));
}

function roomOf(file: string): string {
  const [first = '', second = ''] = file.split('/');
  return first === 'lib' ? second : first;
}

const files = ['lib', 'functions', 'bin'].flatMap(sourceFiles);
const imports = files.flatMap(importsOf);

test('imports inside the project point one way', () => {
  const wrong = imports.filter((entry) => {
    const target = targetOf(entry);
    if (target === undefined) return false;
    const [from, to] = [roomOf(entry.file), roomOf(target)];
    return from !== to && !(MAY_IMPORT[from] ?? []).includes(to);
  });
  expect(wrong).toEqual([]);
});

test('every room has its place in the order', () => {
  expect([...new Set(files.map(roomOf))].filter((room) => MAY_IMPORT[room] === undefined)).toEqual([]);
});

test('past the compiler, only its contract files are known', () => {
  const wrong = imports.filter((entry) => {
    const target = targetOf(entry);
    if (target === undefined || roomOf(target) !== 'compiler') return false;
    return ONLY_COMPILER_CONTRACT.includes(roomOf(entry.file)) && !COMPILER_CONTRACT.includes(target);
  });
  expect(wrong).toEqual([]);
});

test('packages stay in their homes', () => {
  const wrong = imports.filter(({ file, specifier }) => {
    const home = Object.entries(HOMES).find(
      ([name]) => specifier === name || specifier.startsWith(`${name}/`),
    );
    return home !== undefined && !home[1].some((prefix) => file.startsWith(prefix));
  });
  expect(wrong).toEqual([]);
});

test('what runs in a browser uses nothing of Node', () => {
  const wrong = imports.filter(
    ({ file, specifier }) =>
      BROWSER_ROOMS.includes(roomOf(file)) &&
      specifier.startsWith('node:') &&
      !file.startsWith('lib/definition/load'),
  );
  expect(wrong).toEqual([]);
});

test('imports across rooms go by alias, not by climbing', () => {
  const climbing = imports.filter((entry) => {
    const target = targetOf(entry);
    return entry.specifier.startsWith('..') && target !== undefined && roomOf(target) !== roomOf(entry.file);
  });
  expect(climbing.filter(({ file }) => !file.startsWith('bin/'))).toEqual([]);
});

test('no files need each other, but where what they do is recursive', () => {
  const needs = new Map(files.map((file) => [file, neededBy(file)]));
  const circles = files.map((file) => ({ file, circle: circleOf(file, needs) }));
  const wrong = circles.filter(
    ({ circle }) => circle.length > 0 && !RECURSIVE.some((known) => circle.includes(known)),
  );
  expect(wrong.map(({ file }) => file)).toEqual([]);
  expect(RECURSIVE.filter((known) => circleOf(known, needs).length === 0)).toEqual([]);
});

test('zod is imported as a namespace: by its `z`, every bundle has its messages in fifty languages', () => {
  const named = files.filter((file) =>
    /^import \{ z \} from 'zod'/m.test(readFileSync(join(ROOT, file), 'utf8')),
  );
  expect(named).toEqual([]);
});

test('a LIMIT that is bound is a sum: of a bare one SQLite prepares the statement anew at each call, as its value may change the plan', () => {
  const bare = files.filter((file) =>
    /LIMIT (\?\d*|:\w+)(?!\w| \+ 0)/.test(readFileSync(join(ROOT, file), 'utf8')),
  );
  expect(bare).toEqual([]);
});

test('the scanner sees every form of import', () => {
  const forms = [
    "import 'a';",
    "import x from 'b';",
    "export * from 'c';",
    "await import('d');",
    "import type { T } from 'e';",
  ];
  const pattern = /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*)(['"])([^'"\n]+)\1/g;
  expect(forms.flatMap((form) => [...form.matchAll(pattern)].map((match) => match[2]))).toEqual([
    'a',
    'b',
    'c',
    'd',
    'e',
  ]);
});

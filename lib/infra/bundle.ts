import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BuildOptions, buildSync } from 'esbuild';
import type { DeploymentOptions } from './names.ts';

/** `require` for the CommonJS parts of the AWS SDK inside an ES module. */
const REQUIRE_BANNER =
  "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);";

/** How what is ours is bundled for Node, whatever it is. */
export const NODE_BUNDLE = {
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  mainFields: ['module', 'main'],
  banner: { js: REQUIRE_BANNER },
  // Asked for by @datadog/sketches-js only where a sketch is written as protobuf, which nothing does.
  external: ['protobufjs'],
  logLevel: 'error',
} satisfies BuildOptions;

/**
 * Bundles every function of `functions/` in one pass of esbuild, SDK included and tree-shaken, into
 * `<outdir>/<name>/handler.mjs`, without what transports take that are not this one.
 *
 * @returns the names of the functions.
 */
export function bundleFunctions(
  root: string,
  outdir: string,
  transport: DeploymentOptions['transport'],
): string[] {
  const names = readdirSync(join(root, 'functions'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
  buildSync({
    ...NODE_BUNDLE,
    absWorkingDir: root,
    entryPoints: names.map((name) => ({ in: `functions/${name}/handler.ts`, out: `${name}/handler` })),
    outdir,
    minify: true,
    keepNames: true,
    sourcemap: false,
    define: { 'process.env.TRANSPORT': JSON.stringify(transport) },
  });
  return names;
}

/** Puts documents beside a bundled function, for it to read at run time; large ones have no place in a template. */
export function addDocuments(folder: string, documents: ReadonlyMap<string, unknown>): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, document] of documents)
    writeFileSync(join(folder, `${name}.json`), JSON.stringify(document));
}

#!/usr/bin/env node
/* Stepwright's command line. These first lines must also run on a Node that is too old for all the rest. */
import process from 'node:process';

const NEEDED_NODE = 24;
/** How long what is left open has to end by itself, in ms. */
const LINGER_MS = 500;

if (Number.parseInt(process.versions.node, 10) < NEEDED_NODE) {
  process.stderr.write(
    `error: Stepwright needs Node ${NEEDED_NODE} or newer, and this is ${process.version}.\n` +
      '  hint: in its folder, "npx stepwright" and "npm start --" bring the right one along\n',
  );
  process.exitCode = 2;
} else {
  const { enableCompileCache } = await import('node:module');
  enableCompileCache();
  const { main } = await import('#cli/main.ts');
  process.exitCode = await main(process);
  // A call that hangs would hold the process up after all is said and done.
  setTimeout(() => process.exit(), LINGER_MS).unref();
}

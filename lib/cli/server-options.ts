import type { Command } from 'commander';

/** The options by which a command finds its server. */
export function addServerOptions(command: Command): Command {
  return command
    .option('--endpoint <url>', 'the server (default: STEPWRIGHT_ENDPOINT, else http://127.0.0.1:8787)')
    .option('--token <token>', 'its token (default: STEPWRIGHT_TOKEN, else that of the data directory)')
    .option('--data <dir>', 'data directory of a server on this machine', '.stepwright');
}

import type { Command } from 'commander';
import {
  addExportOptions,
  addPeriodOptions,
  type ExportArguments,
  type PeriodArguments,
} from '../export/export-arguments.ts';
import type { Runner } from '../runner.ts';
import { addServerOptions } from '../server-options.ts';
import type { Terminal } from '../terminal.ts';

/** The verbs of `stepwright routes`. */
export function addRouteCommands(program: Command, terminal: Terminal, run: Runner): void {
  const routes = program
    .command('routes')
    .description('look at what came of choices of devices on a running server')
    .showHelpAfterError('  hint: "stepwright routes --help" tells its verbs');
  addPeriodOptions(routes.command('analytics'))
    .description('tell what came of them, by step, strategy and device')
    .argument('<workflow>', 'whose steps')
    .action((workflow: string, options: PeriodArguments) =>
      run(async () =>
        (await import('../analytics/analytics.ts')).routeAnalyticsCommand({ workflow, ...options }, terminal),
      ),
    );
  addExportOptions(routes.command('export'))
    .description('write them to files, to learn from')
    .argument('<workflow>', 'whose steps')
    .action((workflow: string, options: ExportArguments) =>
      run(async () =>
        (await import('../export/export.ts')).exportRoutesCommand({ workflow, ...options }, terminal),
      ),
    );
  for (const command of routes.commands) addServerOptions(command);
}

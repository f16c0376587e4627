import type { Command } from 'commander';
import {
  addExportOptions,
  addPeriodOptions,
  type ExportArguments,
  type PeriodArguments,
} from '../export/export-arguments.ts';
import { parsePercent } from '../parse-percent.ts';
import type { Runner } from '../runner.ts';
import type { Terminal } from '../terminal.ts';
import type { TryArguments } from './trials.ts';

/** The verbs of `stepwright decisions` by which one learns what came of them. */
export function addLearningVerbs(decisions: Command, terminal: Terminal, run: Runner): void {
  addPeriodOptions(decisions.command('analytics'))
    .description('tell what came of decisions, by rule and version')
    .argument('<name>', 'decision')
    .action((name: string, options: PeriodArguments) =>
      run(async () =>
        (await import('../analytics/analytics.ts')).decisionAnalyticsCommand({ name, ...options }, terminal),
      ),
    );
  addExportOptions(decisions.command('export'))
    .description('write logged decisions to files, to learn from')
    .argument('[name]', 'decision (default: all that were logged)')
    .action((name: string | undefined, options: ExportArguments) =>
      run(async () =>
        (await import('../export/export.ts')).exportDecisionsCommand(
          { ...options, ...(name === undefined ? {} : { name }) },
          terminal,
        ),
      ),
    );
  decisions
    .command('try')
    .description('try another version where steps ask this one; without options, tell what is tried')
    .argument('<name[@version]>', 'decision, and the version that steps ask')
    .option('--canary <version>', 'version that decides for a share of the executions')
    .option('--percent <number>', 'with --canary: how many of a hundred', parsePercent)
    .option('--by <expression>', 'with --canary: equal values over $input have the same version')
    .option('--shadow <version>', 'version that is asked, too, and decides nothing')
    .option('--end', 'try no other version any more')
    .action((reference: string, options: Omit<TryArguments, 'reference'>) =>
      run(async () => (await import('./trials.ts')).tryCommand({ reference, ...options }, terminal)),
    );
}

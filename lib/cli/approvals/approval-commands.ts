import type { Command } from 'commander';
import type { ServerArguments } from '../find-server.ts';
import type { Runner } from '../runner.ts';
import { addServerOptions } from '../server-options.ts';
import type { Terminal } from '../terminal.ts';
import type { VoteArguments } from './approvals.ts';

/** The verbs of `stepwright approvals`. */
export function addApprovalCommands(program: Command, terminal: Terminal, run: Runner): void {
  const approvals = program
    .command('approvals')
    .description('look at what people are asked to approve on a running server, and answer')
    .showHelpAfterError('  hint: "stepwright approvals --help" tells its verbs');
  approvals
    .command('list')
    .description('list what nobody has decided, the oldest first')
    .action((options: ServerArguments) =>
      run(async () => (await import('./approvals.ts')).listApprovals(options, terminal)),
    );
  approvals
    .command('show')
    .description('tell what is asked of whom, and who has said what')
    .argument('<approval>', 'its id')
    .action((id: string, options: ServerArguments) =>
      run(async () => (await import('./approvals.ts')).showApproval({ ...options, id }, terminal)),
    );
  approvals
    .command('links')
    .description('print the links by which those who are asked can answer, to hand them over')
    .argument('<approval>', 'its id')
    .action((id: string, options: ServerArguments) =>
      run(async () => (await import('./approvals.ts')).linksCommand({ ...options, id }, terminal)),
    );
  for (const decision of ['approve', 'reject'] as const) {
    approvals
      .command(decision)
      .description(decision === 'approve' ? 'approve what is asked' : 'reject what is asked')
      .argument('<approval>', 'its id')
      .option('--reason <text>', 'why; kept with the approval and the history')
      .option('--by <name>', 'who says so (default: STEPWRIGHT_USER, else who is logged in here)')
      .action((id: string, options: Omit<VoteArguments, 'id' | 'decision'>) =>
        run(async () => (await import('./approvals.ts')).voteCommand({ ...options, id, decision }, terminal)),
      );
  }
  for (const command of approvals.commands) addServerOptions(command);
}

import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { findServer } from '../find-server.ts';
import type { OperatorArguments } from '../operator.ts';
import type { ExitCode } from '../print-fault.ts';
import { printJson, type Terminal } from '../terminal.ts';
import { serverTime } from './picture.ts';
import { rowsOf } from './rows.ts';
import { runSession } from './session.ts';
import { TopSource } from './source.ts';
import { topDocument } from './top-document.ts';
import { type Tty, ttyOf } from './tty.ts';
import { FIRST_UI } from './ui.ts';
import { pictureLines } from './view/picture-lines.ts';

/** What `stepwright top` was called with. */
export interface TopArguments extends OperatorArguments {
  readonly once?: true;
  readonly count?: number;
  /** In ms. */
  readonly interval: number;
}

/** `stepwright top`: a live picture of a server; one picture as text where there is no terminal to draw on. */
export async function topCommand(
  args: TopArguments,
  terminal: Terminal,
  tty: Tty | undefined = ttyOf(process),
): Promise<ExitCode> {
  const server = findServer(args, process.env);
  if (args.once === true || args.count !== undefined || terminal.json || tty === undefined) {
    const source = new TopSource(server);
    const size = { columns: tty?.columns ?? terminal.columns, rows: tty?.rows ?? terminal.rows };
    await printPictures(source, args, { ...terminal, ...size });
  } else await runSession({ server, tty, paint: terminal.paint, operator: args });
  return 0;
}

/** One picture after another; what happens between them is followed. */
async function printPictures(
  source: TopSource,
  { count = 1, interval }: TopArguments,
  terminal: Terminal,
): Promise<void> {
  await source.begin();
  const stop = new AbortController();
  const followed = count > 1 ? source.follow(stop.signal) : Promise.resolve();
  try {
    for (let left = count; left > 0; left--) {
      const ids = rowsOf(source.state, FIRST_UI, Date.now()).running.map(({ id }) => id);
      await source.lookUp(ids);
      printPicture(source, terminal, count > 1);
      if (left > 1) await Promise.race([pause(interval), followed]);
    }
  } finally {
    stop.abort();
    await followed;
  }
}

function printPicture(source: TopSource, terminal: Terminal, isSeries: boolean): void {
  const { state } = source;
  const now = Date.now();
  if (terminal.json) {
    const document = topDocument(state, FIRST_UI, now);
    if (isSeries) terminal.print(JSON.stringify(document));
    else printJson(terminal, document);
    return;
  }
  const shown = { state, ui: FIRST_UI, rows: rowsOf(state, FIRST_UI, now) };
  const style = { ...terminal, now: serverTime(state, now) };
  terminal.print(
    pictureLines(shown, style)
      .lines.map((line) => line.trimEnd())
      .join('\n'),
  );
}

import type { ReportFile } from '#definition/report/report.ts';
import type { Addressee, Notifier } from '#notifications/notifier.ts';
import type { MadeReport } from '../made/made-report.ts';
import { cellWords, columnWords, countWords, periodWords } from '../render/words.ts';

type Recipient = NonNullable<ReportFile['recipients']>[number];

/** Topic under which reports are told to those whom they name. */
const TOPIC = 'reports';

/**
 * Tells the recipients of a report that it was made: what all records come to, and a link to it that is made for each of them when it is
 * sent. Told twice of the same, they are told once.
 */
export async function tellRecipients(
  notifier: Notifier,
  { recipients = [] }: Pick<ReportFile, 'recipients'>,
  made: MadeReport,
): Promise<void> {
  const { report, id, error } = made;
  const told = {
    ...{ subject: subjectOf(made), message: messageOf(made) },
    ...(error === undefined ? { confidential: { kind: 'report-link', report, made: id } as const } : {}),
  };
  const topics = new Set(recipients.flatMap((recipient) => ('topic' in recipient ? [recipient.topic] : [])));
  for (const topic of topics) await notifier.send({ ...told, id: `report-${report}-${id}-${topic}`, topic });
  const named = addresseesOf(recipients);
  if (named.length === 0) return;
  const receivers = named.map((addressee) => [addressee] as const);
  await notifier.send({ ...told, id: `report-${report}-${id}`, topic: TOPIC, receivers });
}

function subjectOf({ title, from, to, timezone, error }: MadeReport): string {
  const what = error === undefined ? title : `${title} could not be made`;
  return `${what}: ${periodWords({ from, to }, timezone)}`;
}

function messageOf(made: MadeReport) {
  const { report, id, title, from, to, timezone, rows, counted, totals, notices, error } = made;
  const figures = totals.map((one) => [columnWords(one), cellWords(one.value, one)] as const);
  return {
    message:
      error === undefined
        ? `${title}: ${countWords(counted, 'record')} in ${countWords(rows, 'row')}.`
        : `${title} could not be made: ${error}`,
    period: periodWords({ from, to }, timezone),
    ...Object.fromEntries(figures),
    ...(notices.length === 0 ? {} : { notices: notices.join(' ') }),
    read: `stepwright report made ${report} ${id}`,
  };
}

/** Recipients with names that say who they are; the same one twice is one. */
function addresseesOf(recipients: readonly Recipient[]): readonly Addressee[] {
  const named = recipients.flatMap((receiver) =>
    'topic' in receiver ? [] : [[nameOf(receiver), receiver] as const],
  );
  return [...new Map(named)].map(([name, receiver]) => ({ name, receiver }));
}

function nameOf(receiver: Exclude<Recipient, { topic: string }>): string {
  if ('email' in receiver) return `email:${receiver.email}`;
  if ('webhook' in receiver) return `webhook:${receiver.webhook.url}`;
  return 'slack' in receiver ? `slack:${receiver.slack}` : `pagerduty:${receiver.pagerduty}`;
}

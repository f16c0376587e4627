import type * as z from 'zod';
import type { AlertHistoryDocument } from '#api/alert-history-documents.ts';
import { countWords, secondOf } from '../executions/print-words.ts';
import type { Terminal } from '../terminal.ts';
import { hanging } from '../text-layout.ts';

/** The history of an alert, as the API tells it. */
export type HistoryDocument = z.output<typeof AlertHistoryDocument>;
type Entry = HistoryDocument['entries'][number];

/** A line, or more where it is long, for each thing that has become of an alert. */
export function historyLines(
  { entries, more }: HistoryDocument,
  { columns }: Pick<Terminal, 'columns'>,
): readonly string[] {
  const lines = entries.map((entry) => hanging(`  ${secondOf(entry.at)}  `, wordsOf(entry), columns));
  return more ? ['  … there were pages before these', ...lines] : lines;
}

function wordsOf(entry: Entry): string {
  const { what, by = '', did = '', why } = entry;
  switch (what) {
    case 'found':
      return 'found, and had to last';
    case 'fired':
      return 'fired';
    case 'well':
      return 'was well again';
    case 'said':
      return `${did} by ${by}${why === undefined ? '' : `: ${why}`}`;
    case 'paged':
      return pagedWords(entry);
  }
}

const KINDS = {
  firing: 'told',
  repeated: 'told again',
  escalated: 'escalated',
  acknowledged: 'told that it is looked after',
  resolved: 'told of the end',
} as const;

function pagedWords({ kind = 'firing', level, round, deliveries = [], escalation }: Entry): string {
  const place = level === undefined ? '' : `, level ${level}${(round ?? 1) > 1 ? ` of round ${round}` : ''}`;
  const to =
    deliveries.length === 0 ? 'nobody who listens to that' : deliveries.map(deliveryWords).join('; ');
  const begun = escalation === undefined ? '' : `; execution ${escalation.execution} goes on from here`;
  return `${KINDS[kind]}${place}: ${to}${begun}`;
}

type Delivery = NonNullable<Entry['deliveries']>[number];

function deliveryWords({ receiver, status, tries, inPlaceOf, error }: Delivery): string {
  const instead = inPlaceOf === undefined ? '' : ` in the place of ${inPlaceOf}`;
  switch (status) {
    case 'DELIVERED':
      return `${receiver}${instead}`;
    case 'PENDING':
      return `${receiver}${instead}, on its way${tries > 0 ? ` (${countWords(tries, 'attempt')})` : ''}`;
    case 'CANCELLED':
      return `${receiver}${instead}, needless by then`;
    case 'FAILED':
      return `${receiver}${instead}, not reached: ${error ?? ''}`;
  }
}

import { DeliveryFailure } from '../failure.ts';
import { cut, type Letter, textOf, titleOf } from './letter.ts';
import type { Mailer } from './mailer.ts';

/** Longest subject that mail programs show in part at least. */
const MAX_SUBJECT = 200;

/** Sends a letter by mail. Throws {@link DeliveryFailure}, also where no mail can be sent at all. */
export async function sendEmail(mailer: Mailer | undefined, to: string, letter: Letter): Promise<void> {
  if (mailer === undefined) {
    throw new DeliveryFailure('there is no mail server', {
      isFinal: true,
      hint: 'set STEPWRIGHT_SMTP_URL and STEPWRIGHT_MAIL_FROM, on AWS deploy with -c mailFrom=…',
    });
  }
  const { id, topic, notification, link, isToRead = false, actions = [] } = letter;
  const invitation = isToRead
    ? 'Read it here; whoever has the link can, for a week:'
    : 'Answer here; the link is yours alone, and works once:';
  const parts = [
    textOf(letter),
    ...(link === undefined ? [] : [`${invitation}\n${link}`]),
    ...actions.map(
      ({ text, link: address }) => `${text}; it asks before it does anything, and works once:\n${address}`,
    ),
    `-- \nStepwright, ${topic}, ${notification}`,
  ];
  await mailer.send({ id, to, subject: cut(titleOf(letter), MAX_SUBJECT), text: `${parts.join('\n\n')}\n` });
}

import { StepwrightError } from '#core/error.ts';
import type { Mailer } from '#notifications/send/mailer.ts';

/**
 * Reads from the environment how mails are sent: `STEPWRIGHT_SMTP_URL` is the mail server, `STEPWRIGHT_MAIL_FROM` whom mails are from.
 * Undefined where there is neither. Throws SW3013.
 */
export async function mailSettings(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Mailer | undefined> {
  const { STEPWRIGHT_SMTP_URL: url = '', STEPWRIGHT_MAIL_FROM: from = '' } = environment;
  if (url === '' && from === '') return undefined;
  if (url !== '' && from.includes('@')) {
    // Who sends none does not load what that takes.
    const { smtpMailer } = await import('#notifications/send/smtp-mailer.ts');
    return smtpMailer({ url, from });
  }
  throw new StepwrightError({
    ...{ code: 'SW3013', kind: 'invalid' },
    message: 'mails take both STEPWRIGHT_SMTP_URL and STEPWRIGHT_MAIL_FROM, an address',
    hint: 'STEPWRIGHT_MAIL_FROM is an address that the mail server lets us send from: stepwright@example.com',
  });
}

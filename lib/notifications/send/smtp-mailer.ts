import { createTransport, type NodemailerError } from 'nodemailer';
import { StepwrightError } from '#core/error.ts';
import { DeliveryFailure } from '../failure.ts';
import { type Mail, type Mailer, mailHeaders } from './mailer.ts';

/** How a mail server is reached. */
export interface SmtpOptions {
  /** `smtps://user:password@host:465`, or `smtp://…:587`, which is encrypted by STARTTLS. */
  readonly url: string;
  /** Address that mails are from. */
  readonly from: string;
  /** How long each step of a conversation may take, in ms. Default 10 s. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;
/** How long a whole conversation may take, in steps. */
const STEPS = 3;

/** Mails by SMTP, one conversation each. Throws SW3013 for an address that is none of a mail server. */
export function smtpMailer({ url, from, timeoutMs = TIMEOUT_MS }: SmtpOptions): Mailer {
  const transport = createTransport({
    ...connectionOf(url),
    ...{ connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs },
    ...{ dnsTimeout: timeoutMs, maxResponseSize: 65_536, disableFileAccess: true, disableUrlAccess: true },
  });
  return {
    async send(mail) {
      const signal = AbortSignal.timeout(timeoutMs * STEPS);
      try {
        await transport.sendMail({ ...messageOf(mail, from), signal });
      } catch (error) {
        throw failureOf(error);
      }
    },
  };
}

function messageOf(mail: Mail, from: string) {
  const domain = from.replace(/^.*@|>.*$/g, '');
  return {
    ...{ from, to: { name: '', address: mail.to }, subject: mail.subject, text: mail.text },
    // The same each time: a mailbox that gets it twice can tell.
    messageId: `<${mail.id}@${domain}>`,
    headers: mailHeaders(mail),
  };
}

function connectionOf(text: string) {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if ((url?.protocol !== 'smtp:' && url?.protocol !== 'smtps:') || url.hostname === '') {
    throw new StepwrightError({
      ...{ code: 'SW3013', kind: 'invalid', message: 'STEPWRIGHT_SMTP_URL is no address of a mail server' },
      hint: 'write it like smtps://user:password@mail.example.com:465, with % for what is special in a password',
    });
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const isHere = ['localhost', '127.0.0.1', '::1'].includes(host);
  const secure = url.protocol === 'smtps:';
  return {
    ...{ host, port: url.port === '' ? (secure ? 465 : 587) : Number(url.port), secure },
    // Links are as good as passwords: they leave this machine encrypted, unless somebody says otherwise.
    requireTLS: !secure && !isHere && url.searchParams.get('requireTLS') !== 'false',
    ...(url.username === ''
      ? {}
      : { auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } }),
  };
}

function failureOf(error: unknown): DeliveryFailure {
  if (!(error instanceof Error)) throw error;
  const { code, permanent, responseCode }: NodemailerError = error;
  const isRefused = code === 'EAUTH' && permanent !== false;
  const hint = isRefused
    ? 'the mail server does not let us in: put the right password into STEPWRIGHT_SMTP_URL, and start the server again'
    : 'the mail server takes no such mail: look what it says, and change the address';
  const isFinal = isRefused || permanent === true;
  const said = responseCode === undefined ? `no mail could be sent: ${error.message}` : error.message;
  return new DeliveryFailure(said.slice(0, 500), { isFinal, cause: error, hint: isFinal ? hint : undefined });
}

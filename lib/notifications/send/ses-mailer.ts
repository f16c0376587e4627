import { type SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { awsFailure } from './aws-failure.ts';
import { type Mail, type Mailer, mailHeaders } from './mailer.ts';

/** Mails by Amazon SES, from one address that it knows to be ours. */
export class SesMailer implements Mailer {
  readonly #client: SESv2Client;
  readonly #from: string;

  constructor(client: SESv2Client, from: string) {
    this.#client = client;
    this.#from = from;
  }

  async send(mail: Mail): Promise<void> {
    const headers = Object.entries(mailHeaders(mail)).map(([Name, Value]) => ({ Name, Value }));
    const command = new SendEmailCommand({
      FromEmailAddress: this.#from,
      Destination: { ToAddresses: [mail.to] },
      Content: {
        Simple: {
          Subject: { Data: mail.subject, Charset: 'UTF-8' },
          Body: { Text: { Data: mail.text, Charset: 'UTF-8' } },
          Headers: headers,
        },
      },
    });
    try {
      await this.#client.send(command);
    } catch (error) {
      throw awsFailure(error, 'SES');
    }
  }
}

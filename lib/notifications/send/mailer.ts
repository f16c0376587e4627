/** A mail to one address. */
export interface Mail {
  /** The same each time that it is sent. */
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** Headers of every mail: who answers by itself, as to holidays, is to leave it (RFC 3834), and what comes twice is known. */
export function mailHeaders({ id }: Pick<Mail, 'id'>): Readonly<Record<string, string>> {
  return { 'Auto-Submitted': 'auto-generated', 'Stepwright-Delivery-Id': id };
}

/** Sends mails. */
export interface Mailer {
  /** Resolves when the mail server has taken it. Throws {@link DeliveryFailure}. */
  send(mail: Mail): Promise<void>;
}

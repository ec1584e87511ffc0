import { isIP } from 'node:net';
import type { ChannelTarget } from '../../contracts/notification.ts';
import { type Message, plainText } from './messages.ts';
import { Undelivered } from './undelivered.ts';

type MailTarget = Extract<ChannelTarget, { kind: 'email' }>;

interface Delivery {
  /** The server's, looked up and looked at. */
  readonly address: string;
  readonly timeoutMs: number;
}

/** Resolves when the mail server took it for at least one receiver. */
export async function sendMail(target: MailTarget, message: Message, { address, timeoutMs }: Delivery): Promise<void> {
  const { host, port, tls, user, password } = target;
  // Costs memory that a team without mail does not pay.
  const { createTransport } = await import('nodemailer');
  const transport = createTransport({
    host: address,
    port,
    secure: tls === 'implicit',
    requireTLS: tls === 'starttls',
    ignoreTLS: tls === 'none',
    ...(isIP(host) === 0 && { tls: { servername: host } }),
    ...(user !== undefined && password !== undefined && { auth: { user, pass: password } }),
    // The name that a mail server is told; the machine's own is nobody's business.
    name: 'boardroom.invalid',
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const { id, title, severity } = message.row;
  try {
    await transport.sendMail({
      from: target.from,
      to: [...target.to],
      subject: `[Boardroom, ${severity}] ${title}`,
      text: plainText(message),
      // The same at every attempt: mail programs show it once.
      messageId: `<${id}@boardroom.invalid>`,
      headers: { 'Auto-Submitted': 'auto-generated' },
    });
  } catch (error) {
    const { responseCode } = error as { responseCode?: unknown };
    if (typeof responseCode !== 'number') throw error;
    throw new Undelivered(`the mail server answered ${responseCode}`, { cause: error });
  } finally {
    transport.close();
  }
}

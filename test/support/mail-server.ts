import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export interface MailServer {
  readonly port: number;
  /** Whole messages, with their headers. */
  readonly mails: string[];
  /** `user:password` as they were given. */
  readonly logins: string[];
  /** The code that receivers are refused with; undefined: taken. */
  refuse(code: number | undefined): void;
  stop(): Promise<void>;
}

interface MailServerOptions {
  readonly user: string;
  readonly password: string;
  readonly offersTls: boolean;
}

/** A real mail server on loopback, which keeps what it is given. Its certificate is one that nobody trusts. */
export async function startMailServer({ user, password, offersTls }: MailServerOptions): Promise<MailServer> {
  const mails: string[] = [];
  const logins: string[] = [];
  let refusal: number | undefined;
  const server = new SMTPServer({
    authOptional: true,
    allowInsecureAuth: true,
    disabledCommands: offersTls ? [] : ['STARTTLS'],
    logger: false,
    onAuth(auth, _session, done) {
      logins.push(`${auth.username}:${auth.password}`);
      if (auth.username === user && auth.password === password) return done(null, { user });
      done(new Error('no'));
    },
    onRcptTo(_address, _session, done) {
      if (refusal === undefined) return done();
      done(Object.assign(new Error('not now'), { responseCode: refusal }));
    },
    onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        mails.push(Buffer.concat(chunks).toString());
        done();
      });
    },
  });
  server.on('error', () => undefined);
  const listener = server.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return {
    port: (listener.address() as AddressInfo).port,
    mails,
    logins,
    refuse(code) {
      refusal = code;
    },
    stop: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}

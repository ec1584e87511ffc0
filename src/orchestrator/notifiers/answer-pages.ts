import type { AppError } from '../../contracts/errors.ts';
import { errorCodes } from '../../contracts/errors.ts';
import type { Question } from './answers.ts';

/** Pages without a script, a style or anything that is loaded: what is in them was written by agents. */

export const pageHeaders = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  'X-Frame-Options': 'DENY',
  // `no-referrer` would have the form sent without its origin, which the guard at our door wants to see.
  'Referrer-Policy': 'same-origin',
  'Cache-Control': 'no-store',
  'X-Robots-Tag': 'noindex',
};

export function questionPage({ escalation: { kind, title, reason, priority }, channel }: Question): string {
  const verdicts =
    kind === 'decision'
      ? [button('approve', 'Approve'), button('reject', 'Reject')]
      : [button('answer', 'Send the answer')];
  const label = kind === 'decision' ? 'Your reason' : 'Your answer';
  return pageOf(title, [
    `<p>Priority: ${escaped(priority)}</p>`,
    `<pre>${escaped(reason)}</pre>`,
    '<form method="post">',
    `<p><label>${label}<br><textarea name="words" rows="6" cols="60" maxlength="2000"></textarea></label></p>`,
    `<p>${verdicts.join(' ')}</p>`,
    '</form>',
    `<p>It will be noted as given by the channel ${escaped(channel)}.</p>`,
  ]);
}

export const thanksPage = ({ escalation: { title } }: Question): string =>
  pageOf(title, ['<p>Your answer is noted. You can close this page.</p>']);

export const refusalPage = ({ code, message }: AppError): string =>
  pageOf(errorCodes[code].title, [`<p>${escaped(message)}</p>`]);

const button = (verdict: string, caption: string) => `<button name="verdict" value="${verdict}">${caption}</button>`;

const pageOf = (title: string, lines: readonly string[]): string =>
  `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Boardroom</title></head>
<body>
<h1>${escaped(title)}</h1>
${lines.join('\n')}
</body>
</html>
`;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (letter) => entities[letter] ?? letter);

import type { Case, Check, ItemOf } from '../../contracts/benchmark-task.ts';
import type { JsonValue } from '../../contracts/primitives.ts';

/** From 0 to 1, with what it was given for. */
export interface Mark {
  readonly score: number;
  readonly because: string;
}

const all = (because: string): Mark => ({ score: 1, because });
const none = (because: string): Mark => ({ score: 0, because });

/** Of `total` so many are right; `wrong` names the others. */
function share(total: number, wrong: readonly string[]): Mark {
  if (wrong.length === 0) return all(`${total} of ${total} right`);
  return { score: (total - wrong.length) / total, because: `wrong: ${wrong.join('; ')}` };
}

/** The last line of the form `ANSWER: …`; models like to set it in bold type. */
const answerLine = /^[\s*_#>`]*ANSWER\s*:\s*(.*)$/gim;

const plain = (text: string): string =>
  text
    .normalize('NFC')
    .toLowerCase()
    .replaceAll(/[*_`„“”"'<>]/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replace(/[.!]+$/, '');

export function gradeExact({ accept }: ItemOf<'exact'>, answer: string): Mark {
  const said = [...answer.matchAll(answerLine)].at(-1)?.[1];
  if (said === undefined) return none('there is no line ANSWER: …');
  const isRight = accept.some((key) => plain(key) === plain(said));
  return isRight ? all('it is the key') : none(`"${said.trim().slice(0, 100)}" is not the key`);
}

export function gradeJson({ expect }: ItemOf<'json'>, answer: string): Mark {
  const given = objectIn(answer);
  if (given === undefined) return none('it is no JSON object');
  const names = Object.keys(expect);
  const wrong = names.filter((name) => !Object.hasOwn(given, name) || !isSame(given[name], expect[name], sameWords));
  const strange = Object.keys(given).filter((name) => !Object.hasOwn(expect, name));
  // What nobody asked for counts like a field that is wrong: else to say everything would be the best answer.
  return share(names.length + strange.length, [...wrong, ...strange.map((name) => `${name.slice(0, 60)} is extra`)]);
}

export function gradeRules({ checks }: ItemOf<'rules'>, answer: string): Mark {
  const text = answer.trim();
  const broken = checks.filter((check) => !holds(check, text)).map(inWords);
  // Whoever wants a text to be so has no use for one that nearly is.
  return broken.length === 0 ? all('all that was asked for') : none(`not so: ${broken.join('; ')}`);
}

function holds(check: Check, text: string): boolean {
  switch (check.kind) {
    case 'words': {
      const count = text.split(/\s+/).filter((word) => /\p{L}|\p{N}/u.test(word)).length;
      return count >= check.min && count <= check.max;
    }
    case 'lines':
      return text.split('\n').length === check.count;
    case 'matches': {
      const times = [...text.matchAll(new RegExp(check.pattern, 'gmu'))].length;
      return check.times === undefined ? times > 0 : times === check.times;
    }
    case 'lacks':
      return text !== '' && !new RegExp(check.pattern, 'mu').test(text);
  }
}

function inWords(check: Check): string {
  switch (check.kind) {
    case 'words':
      return `${check.min} to ${check.max} words`;
    case 'lines':
      return `${check.count} lines`;
    case 'matches':
      return `${check.times ?? 'at least 1'} × ${check.pattern}`;
    case 'lacks':
      return `no ${check.pattern}`;
  }
}

/** The code between the first pair of ``` lines; undefined where there is none. */
export const codeIn = (answer: string): string | undefined => /^[ \t]*```[^\n]*\n(.*?)^[ \t]*```/ms.exec(answer)?.[1];

/** What came of each case, as JSON, in their order; undefined where it threw. */
export type Outputs = readonly (string | undefined)[];

export function gradeCode({ cases }: ItemOf<'code'>, outputs: Outputs): Mark {
  const wrong = cases.flatMap((one, at) =>
    isSame(parsed(outputs[at]), one.result, sameText) ? [] : [inShort(one, outputs[at])],
  );
  return share(cases.length, wrong);
}

const inShort = (one: Case, output: string | undefined): string =>
  `(${JSON.stringify(one.arguments).slice(1, -1).slice(0, 80)}) gave ${output?.slice(0, 80) ?? 'no result'}`;

function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The outermost braces; models put words or ``` around it all the same. */
function objectIn(text: string): Record<string, unknown> | undefined {
  const found = parsed(text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1));
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? { ...found } : undefined;
}

const sameText = (given: string, wanted: string): boolean => given === wanted;
const sameWords = (given: string, wanted: string): boolean => plain(given) === plain(wanted);

/** Equal as JSON, texts by `same`. */
function isSame(given: unknown, wanted: JsonValue | undefined, same: typeof sameText): boolean {
  if (typeof given === 'string' && typeof wanted === 'string') return same(given, wanted);
  if (Array.isArray(wanted) && Array.isArray(given))
    return given.length === wanted.length && wanted.every((value, at) => isSame(given[at], value, same));
  return given === wanted;
}

import type { CommandUnknownOpts } from '@commander-js/extra-typings';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** The words that may follow `path`, such as `task` → `add`, `ls`, … */
interface Place {
  readonly path: string;
  readonly words: readonly { readonly word: string; readonly meaning: string }[];
}

/** A script that completes commands and options, made from the commands themselves. */
export function completionScript(program: CommandUnknownOpts, shell: Shell): string {
  const places = placesOf(program, [], []);
  switch (shell) {
    case 'bash':
      return bashScript(places);
    case 'zsh':
      // zsh runs bash's completions as they are.
      return `autoload -U +X bashcompinit && bashcompinit\n${bashScript(places)}`;
    case 'fish':
      return fishScript(places);
  }
}

function placesOf(command: CommandUnknownOpts, path: readonly string[], inherited: Place['words']): Place[] {
  const { commands } = command;
  const own = command.options.flatMap(({ long, description }) => (long ? [{ word: long, meaning: description }] : []));
  const options = [...own, ...inherited];
  const choices = command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []);
  const words = [
    ...commands.map((each) => ({ word: each.name(), meaning: each.description() })),
    ...choices.map((word) => ({ word, meaning: '' })),
    ...options,
  ];
  const below = commands.flatMap((each) => placesOf(each, [...path, each.name()], options));
  return [{ path: path.join(' '), words }, ...below];
}

/** Walks along the typed words as long as they are commands; then offers what may follow. */
const bashScript = (places: readonly Place[]): string => `_boardroom() {
  local word place='' candidate
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    candidate="\${place:+$place }$word"
    case "$candidate" in
      ${commandPaths(places)}) place="$candidate" ;;
    esac
  done
  case "$place" in
${places.map(({ path, words }) => `    '${path}') COMPREPLY=($(compgen -W '${words.map(({ word }) => word).join(' ')}' -- "\${COMP_WORDS[COMP_CWORD]}")) ;;`).join('\n')}
  esac
}
complete -o default -F _boardroom boardroom
`;

const commandPaths = (places: readonly Place[]): string =>
  places.flatMap(({ path }) => (path === '' ? [] : [`'${path}'`])).join('|');

const fishScript = (places: readonly Place[]): string => `function __boardroom_at
  set -l place
  for word in (commandline -opc)[2..-1]
    set -l candidate (string join ' ' $place $word)
    contains -- $candidate ${commandPaths(places).replaceAll('|', ' ')}; and set place $candidate
  end
  test "$place" = "$argv[1]"
end
complete -c boardroom -f
${places.flatMap(({ path, words }) => words.map((each) => `complete -c boardroom -n "__boardroom_at '${path}'" ${fishWord(each)}`)).join('\n')}
`;

function fishWord({ word, meaning }: Place['words'][number]): string {
  const what = word.startsWith('--') ? `-l ${word.slice(2)}` : `-a ${word}`;
  return meaning === '' ? what : `${what} -d '${meaning.replaceAll(/['\\]/g, '\\$&')}'`;
}

/** What a .dockerignore leaves out of the build: the last rule that matches a path or a folder above it decides. */
export interface DockerIgnore {
  readonly isIgnored: (path: string) => boolean;
  /** True when nothing below the folder can be wanted, so that nobody need look into it. */
  readonly isIgnoredWholly: (folder: string) => boolean;
}

interface Rule {
  readonly wanted: boolean;
  readonly pattern: string;
  readonly regExp: RegExp;
}

export function parseDockerIgnore(text: string): DockerIgnore {
  const rules = text.split('\n').flatMap(parseRule);
  const isIgnored = (path: string): boolean => {
    const last = rules.findLast((rule) => rule.regExp.test(path));
    return last !== undefined && !last.wanted;
  };
  return {
    isIgnored,
    isIgnoredWholly: (folder) =>
      isIgnored(folder) && !rules.some((rule) => rule.wanted && mayLieIn(folder, rule.pattern)),
  };
}

function parseRule(line: string): Rule[] {
  if (line.startsWith('#') || line.trim() === '') return [];
  const wanted = line.startsWith('!');
  const pattern = line
    .slice(wanted ? 1 : 0)
    .trim()
    .replace(/^\.?\/+|\/+$/g, '');
  return pattern === '' ? [] : [{ wanted, pattern, regExp: toRegExp(pattern) }];
}

/** With all that is below a match: a rule for a folder holds for what is in it. */
function toRegExp(pattern: string): RegExp {
  const source = pattern.replace(/\*\*\/|\*\*|\*|\?|[.+^${}()|[\]\\]/g, (token) => {
    switch (token) {
      case '**/':
        return '(?:.*/)?';
      case '**':
        return '.*';
      case '*':
        return '[^/]*';
      case '?':
        return '[^/]';
      default:
        return `\\${token}`;
    }
  });
  return new RegExp(`^${source}(?:/.*)?$`);
}

/** A wildcard may mean anywhere, so it counts as yes. */
const mayLieIn = (folder: string, pattern: string): boolean => /[*?]/.test(pattern) || pattern.startsWith(`${folder}/`);

/** An actor as readers know it: roles in capitals, people by their key's name, the house by its own. */
export function nameOf(actor: string): string {
  if (actor === 'system') return 'Boardroom';
  const [, kind, name] = /^(operator|channel):(.*)$/.exec(actor) ?? [];
  if (kind !== undefined && name !== undefined) return name;
  return roleName(actor);
}

/** `cmo` → `CMO`; longer roles, such as `data-analyst`, begin with a capital. */
export const roleName = (type: string): string =>
  type.length <= 4 ? type.toUpperCase() : type.charAt(0).toUpperCase() + type.slice(1).replaceAll('-', ' ');

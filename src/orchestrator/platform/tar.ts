/** Just enough of the tar format (POSIX ustar) to hand a folder to an engine. */
export interface TarFile {
  readonly path: string;
  readonly mode: number;
  readonly content: Buffer;
  /** Makes it a symbolic link. */
  readonly linkTo?: string;
}

const blockBytes = 512;

/** Two empty blocks. */
export const tarEnd = Buffer.alloc(2 * blockBytes);

export function tarEntry({ path, mode, content, linkTo }: TarFile): Buffer {
  const header = Buffer.alloc(blockBytes);
  const { prefix, name } = splitPath(path);
  header.write(name, 0);
  header.write(octal(mode & 0o7777, 7), 100);
  // Owner and group: root.
  header.write(octal(0, 7), 108);
  header.write(octal(0, 7), 116);
  header.write(octal(content.length, 11), 124);
  // The time of change: none, builders ignore it.
  header.write(octal(0, 11), 136);
  header.write(linkTo === undefined ? '0' : '2', 156);
  header.write(linkTo ?? '', 157, 100);
  header.write('ustar\u000000', 257);
  header.write(prefix, 345);
  // The sum counts its own field as spaces.
  header.fill(' ', 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${octal(sum, 6)}\u0000 `, 148);
  const padding = Buffer.alloc((blockBytes - (content.length % blockBytes)) % blockBytes);
  return Buffer.concat([header, content, padding]);
}

const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, '0');

/** The name has room for 100 bytes; a longer path is cut in two at a slash. */
function splitPath(path: string): { prefix: string; name: string } {
  if (Buffer.byteLength(path) <= 100) return { prefix: '', name: path };
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) {
    const [prefix, name] = [path.slice(0, at), path.slice(at + 1)];
    if (Buffer.byteLength(prefix) <= 155 && Buffer.byteLength(name) <= 100) return { prefix, name };
  }
  throw new Error(`The path is too long for a tar file: ${path}`);
}

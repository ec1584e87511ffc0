import { readdir } from 'node:fs/promises';
import { stripVTControlCharacters } from 'node:util';
import type Dockerode from 'dockerode';
import { z } from 'zod';
import type { Clock } from './clock.ts';
import { withDeadline } from './deadline.ts';
import { unless } from './docker-status.ts';
import { jsonLines } from './json-lines.ts';

export interface ImageOptions {
  readonly docker: Dockerode;
  readonly image: string;
  /** The folder with the Dockerfile. */
  readonly contextDir: string;
  /** The stage of the Dockerfile that becomes the image. */
  readonly target: string;
  readonly clock: Clock;
  /** One line of what the build says. */
  readonly onProgress: (line: string) => void;
}

/** Long enough for a first build that downloads everything over a slow line; then something hangs. */
const buildMsMax = 30 * 60_000;

/** Resolves when the image is there: `present` if it was, `built` if it had to be made. */
export async function ensureImage(options: ImageOptions): Promise<'present' | 'built'> {
  const { docker, image, clock } = options;
  const found = await withDeadline({ clock, ms: 30_000, what: `looking for the image ${image}` }, () =>
    docker.getImage(image).inspect().catch(unless(404)),
  );
  if (found) return 'present';
  await withDeadline({ clock, ms: buildMsMax, what: `building the image ${image}` }, (signal) =>
    build(options, signal),
  );
  return 'built';
}

async function build(options: ImageOptions, abortSignal: AbortSignal): Promise<void> {
  const { docker, image, contextDir, target, onProgress } = options;
  // dockerode applies .dockerignore to the entries it is given; deeper down it knows `**` patterns only.
  const src = await readdir(contextDir);
  const progress = await docker
    .buildImage({ context: contextDir, src }, { t: image, target, rm: true, forcerm: true, abortSignal })
    .catch((cause: unknown) => {
      throw new Error(`The image ${image} cannot be built from ${contextDir}: ${messageOf(cause)}`, { cause });
    });
  for await (const step of jsonLines(progress)) {
    const { stream, status, error } = stepSchema.parse(step);
    if (error !== undefined) throw new Error(`The image ${image} cannot be built from ${contextDir}: ${error.trim()}`);
    const line = stripVTControlCharacters(stream ?? status ?? '').trim();
    if (line !== '') onProgress(line);
  }
}

/** The engine answers 200 before it builds; what goes wrong then is only said in the stream. */
const stepSchema = z.object({
  stream: z.string().optional(),
  status: z.string().optional(),
  error: z.string().optional(),
});

const messageOf = (error: unknown): string => (error instanceof Error ? error.message.trim() : String(error));

import module from 'node:module';

export const isWarmUp = (argv: readonly string[]): boolean => argv.includes('--warm');

/**
 * By now everything is loaded; writes V8's compiled code to where NODE_COMPILE_CACHE says, so that agents start with it.
 * An agent without it holds some MiB more. Node before 22 has no such cache and nothing to do.
 */
export function warmUp(): number {
  // The types are those of the oldest Node we run on, which does not have this function yet.
  const { flushCompileCache } = module as { readonly flushCompileCache?: () => void };
  flushCompileCache?.();
  return 0;
}

import { AppError } from '../../contracts/errors.ts';
import type { SettingsReader } from '../settings/reader.ts';
import type { Payer } from './accounts.ts';
import type { Json } from './dialects/stream.ts';
import { reachOf } from './reach.ts';

interface Deps {
  readonly settings: SettingsReader;
  readonly mayBeFetched: (address: string) => boolean;
  readonly onReach: (caller: Payer, what: string) => void;
}

/** Throws when a request would have a provider go where the agent itself may not, or at a price that no budget knows of. */
export type Guard = (asking: { readonly body: Json; readonly caller: Payer }) => void;

const shown = (text: string): string => text.slice(0, 200);

export function createGuard({ settings, mayBeFetched, onReach }: Deps): Guard {
  return ({ body, caller }) => {
    for (const reach of reachOf(body)) {
      if (reach.kind === 'costs')
        throw new AppError('not_allowed', `${reach.what}: calls are made at their model's own price; leave it out`);
      if (settings.read('llm.provider_tools')) continue;
      if (reach.kind === 'fetches' && mayBeFetched(reach.url)) continue;
      const what = reach.kind === 'fetches' ? `the address ${shown(reach.url)}` : reach.what;
      onReach(caller, what);
      throw new AppError(
        'not_allowed',
        reach.kind === 'fetches'
          ? `${what} is not on the whitelist, so no provider may fetch it; send the data itself, or ask with request_domain`
          : `${what} runs at the provider, past the whitelist; an operator may allow it with llm.provider_tools`,
      );
    }
  };
}

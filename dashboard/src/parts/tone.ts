/** What a colour says: felt goes well, brass waits for a human, blood is broken, sky is under way, plain is over or nothing special. */
export type Tone = 'felt' | 'brass' | 'blood' | 'sky' | 'plain';

export const badgeTone: Record<Tone, string> = {
  felt: 'bg-felt-tint text-felt',
  brass: 'bg-brass-tint text-brass',
  blood: 'bg-blood-tint text-blood',
  sky: 'bg-sky-tint text-sky',
  plain: 'bg-sunken text-ink-soft',
};

export const textTone: Record<Tone, string> = {
  felt: 'text-felt',
  brass: 'text-brass',
  blood: 'text-blood',
  sky: 'text-sky',
  plain: 'text-ink-soft',
};

export const fillTone: Record<Tone, string> = {
  felt: 'bg-felt',
  brass: 'bg-brass',
  blood: 'bg-blood',
  sky: 'bg-sky',
  plain: 'bg-line-strong',
};

import { useEffect, useRef, useState } from 'react';
import { useEachEvent } from '../../../live/live.tsx';
import { type FollowedLog, followLog, type LogState } from './follow-log.ts';
import { type LogLine, withMore } from './log-lines.ts';

const drawEveryMs = 150;

/** The agent's log as it is written; drawn a few times a second, however fast it comes. */
export function useLog(type: string): { readonly lines: readonly LogLine[]; readonly state: LogState } {
  const [lines, setLines] = useState<readonly LogLine[]>([]);
  const [state, setState] = useState<LogState>({ kind: 'connecting' });
  const log = useRef<FollowedLog>(undefined);
  useEffect(() => {
    let fresh: string[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const draw = () => {
      const added = fresh;
      fresh = [];
      timer = undefined;
      setLines((before) => withMore(before, added));
    };
    setLines([]);
    const followed = followLog({
      type,
      onState: setState,
      onLines(more) {
        fresh.push(...more);
        timer ??= setTimeout(draw, drawEveryMs);
      },
    });
    log.current = followed;
    return () => {
      clearTimeout(timer);
      followed.stop();
    };
  }, [type]);
  useEachEvent(({ eventType, payload }) => {
    if (eventType === 'agent_started' && payload['agentType'] === type) log.current?.hurry();
  });
  return { lines, state };
}

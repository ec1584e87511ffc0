import { useState } from 'react';
import { useEachWorkerLog } from '../../live/live.tsx';

/** The last tool that each agent called while this page was open, by type. */
export function useLastTools(): ReadonlyMap<string, string> {
  const [tools, setTools] = useState<ReadonlyMap<string, string>>(new Map());
  useEachWorkerLog(({ agentType, toolCalls }) => {
    const last = toolCalls.at(-1);
    if (last)
      setTools((before) =>
        new Map(before).set(agentType, last.summary === '' ? last.tool : `${last.tool} · ${last.summary}`),
      );
  });
  return tools;
}

import type { LucideIcon } from 'lucide-react';
import { MessageSquare, OctagonPause, Play, RotateCw, Square } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import type { AgentStatus } from '../../../../src/contracts/agent.ts';
import { useAction } from '../../api/queries.ts';
import { useMay } from '../../api/session.tsx';
import { Ask } from '../../parts/ask.tsx';
import { Button } from '../../parts/button.tsx';
import { roleName } from '../../parts/names.ts';
import type { AgentDetail } from './agent-summary.ts';
import { MessageDialog } from './message-dialog.tsx';

/** What an operator may do with the agent as it stands. */
export function AgentActions({ agent }: { readonly agent: AgentDetail }) {
  const t = useTranslations('agents');
  const mayAct = useMay('operator');
  const [isWriting, setWriting] = useState(false);
  const { type, pausedBy, desired, status } = agent;
  const outcome = useOutcome(type);
  const start = useAction('startAgent', { done: outcome('started') });
  const stop = useAction('stopAgent', { done: outcome('stopped') });
  const restart = useAction('restartAgent', { done: outcome('restarted') });
  const pause = useAction('pauseAgent', { done: outcome('paused') });
  if (!mayAct) return null;
  const input = { params: { type } };
  const isHeld = pausedBy !== null;
  const canStart = isHeld || desired === 'stopped' || status === 'failed' || status === 'backing_off';
  return (
    <>
      <Button icon={MessageSquare} onClick={() => setWriting(true)}>
        {t('message')}
      </Button>
      {canStart && (
        <Button variant="primary" icon={Play} busy={start.isPending} onClick={() => start.mutate(input)}>
          {t('start')}
        </Button>
      )}
      {!isHeld && desired === 'running' && (
        <>
          <Asked word="restart" icon={RotateCw} type={type} onConfirm={() => restart.mutateAsync(input)} />
          <Asked word="stop" icon={Square} type={type} onConfirm={() => stop.mutateAsync(input)} />
        </>
      )}
      {!isHeld && <Asked word="pause" icon={OctagonPause} type={type} onConfirm={() => pause.mutateAsync(input)} />}
      <MessageDialog type={type} isOpen={isWriting} onClose={() => setWriting(false)} />
    </>
  );
}

interface AskedProps {
  readonly word: 'restart' | 'stop' | 'pause';
  readonly icon: LucideIcon;
  readonly type: string;
  readonly onConfirm: () => Promise<unknown>;
}

function Asked({ word, icon, type, onConfirm }: AskedProps) {
  const t = useTranslations('agents');
  const isDangerous = word === 'pause';
  return (
    <Ask
      trigger={(open) => (
        <Button icon={icon} variant={isDangerous ? 'danger' : 'quiet'} onClick={open}>
          {t(word)}
        </Button>
      )}
      title={`${t(word)}: ${roleName(type)}`}
      lead={t(`${word}Lead`)}
      confirm={t(word)}
      isDangerous={isDangerous}
      onConfirm={onConfirm}
    />
  );
}

/** What came of it: done, or still under way when the runtime has not confirmed in time. */
function useOutcome(type: string) {
  const t = useTranslations('agents');
  const states = useTranslations('states');
  return (word: 'started' | 'stopped' | 'restarted' | 'paused') =>
    ({ phase }: { readonly phase?: AgentStatus | undefined }) =>
      phase === undefined
        ? t(word, { agent: roleName(type) })
        : t('late', { agent: roleName(type), phase: states(`agent_${phase}`) });
}

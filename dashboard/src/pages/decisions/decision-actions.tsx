import { Ban, CircleArrowUp, Gavel, Undo2, Vote } from 'lucide-react';
import { useTranslations } from 'use-intl';
import type { DecisionDetail } from '../../../../src/contracts/decision.ts';
import { useAction } from '../../api/queries.ts';
import { useMay, useSession } from '../../api/session.tsx';
import { Ask } from '../../parts/ask.tsx';
import { Button } from '../../parts/button.tsx';
import { openVoters } from '../../parts/voting.ts';
import { VoteOnBehalf } from './vote-on-behalf.tsx';

/** What this key may do about a decision as it stands. */
export function DecisionActions({ decision }: { readonly decision: DecisionDetail }) {
  const mayOperate = useMay('operator');
  const mayResolve = useMay('admin');
  const isMine = decision.proposedBy === `operator:${useSession().name}`;
  const isOpen = decision.status === 'pending' || decision.status === 'escalated';
  return (
    <>
      {mayOperate && isOpen && isMine && <Withdraw id={decision.id} />}
      {mayOperate && decision.status === 'pending' && (
        <>
          <Escalate id={decision.id} />
          {openVoters(decision).length > 0 && <VoteOnBehalf decision={decision} icon={Vote} />}
        </>
      )}
      {mayResolve && decision.status === 'escalated' && (
        <>
          <Resolve id={decision.id} choice="reject" />
          <Resolve id={decision.id} choice="approve" />
        </>
      )}
    </>
  );
}

function Resolve({ id, choice }: { readonly id: string; readonly choice: 'approve' | 'reject' }) {
  const t = useTranslations('decisions');
  const resolve = useAction('resolveDecision', {
    done: ({ decision }) => t(`resolved_${choice}`, { title: decision.title }),
  });
  return (
    <Ask
      trigger={(open) => (
        <Button
          variant={choice === 'approve' ? 'primary' : 'danger'}
          icon={choice === 'approve' ? Gavel : Ban}
          onClick={open}
        >
          {t(choice)}
        </Button>
      )}
      title={t(`${choice}Title`)}
      lead={t(`${choice}Lead`)}
      words={{ label: t('reasonShown'), isRequired: true }}
      confirm={t(choice)}
      isDangerous={choice === 'reject'}
      onConfirm={(reason) => resolve.mutateAsync({ params: { id }, body: { decision: choice, reason } })}
    />
  );
}

function Escalate({ id }: { readonly id: string }) {
  const t = useTranslations('decisions');
  const escalate = useAction('escalateDecision', { done: ({ decision }) => t('escalated', { title: decision.title }) });
  return (
    <Ask
      trigger={(open) => (
        <Button icon={CircleArrowUp} onClick={open}>
          {t('escalate')}
        </Button>
      )}
      title={t('escalateTitle')}
      lead={t('escalateLead')}
      words={{ label: t('reasonShown'), isRequired: true }}
      confirm={t('escalate')}
      onConfirm={(reason) => escalate.mutateAsync({ params: { id }, body: { reason } })}
    />
  );
}

function Withdraw({ id }: { readonly id: string }) {
  const t = useTranslations('decisions');
  const withdraw = useAction('withdrawDecision', { done: ({ decision }) => t('withdrawn', { title: decision.title }) });
  return (
    <Ask
      trigger={(open) => (
        <Button icon={Undo2} onClick={open}>
          {t('withdraw')}
        </Button>
      )}
      title={t('withdrawTitle')}
      lead={t('withdrawLead')}
      words={{ label: t('reasonShown'), isRequired: true }}
      confirm={t('withdraw')}
      isDangerous
      onConfirm={(reason) => withdraw.mutateAsync({ params: { id }, body: { reason } })}
    />
  );
}

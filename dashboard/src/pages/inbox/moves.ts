import { useTranslations } from 'use-intl';
import { useAction } from '../../api/queries.ts';
import { useMay } from '../../api/session.tsx';
import { roleName } from '../../parts/names.ts';
import { agentOf, type Waiting } from './waiting.ts';

/** Something a human can do about what waits, at the press of a key. */
export interface Move {
  readonly key: 'a' | 'r';
  readonly label: string;
  /** The label of the words that go with it; undefined: it needs none. */
  readonly words: string | undefined;
  readonly needsWords: boolean;
  readonly isDangerous: boolean;
  /** Rejects when it could not be done; that has been told already. */
  readonly run: (words: string) => Promise<unknown>;
}

/** What this key may do about an item: the answer first, the refusal second. */
export function useMoves(): (item: Waiting) => readonly Move[] {
  const ofEscalation = useEscalationMoves();
  const ofDomain = useDomainMoves();
  return (item) => (item.kind === 'domain' ? ofDomain(item) : ofEscalation(item));
}

function useDomainMoves() {
  const t = useTranslations('inbox');
  const mayOperate = useMay('operator');
  const approve = useAction('approveDomainRequest', {
    done: ({ request }) => t('domainApproved', { domain: request.domain }),
  });
  const reject = useAction('rejectDomainRequest', {
    done: ({ request }) => t('domainRejected', { domain: request.domain }),
  });
  return ({ request: { id } }: Extract<Waiting, { kind: 'domain' }>): Move[] =>
    mayOperate
      ? [
          {
            key: 'a',
            label: t('allow'),
            words: t('notes'),
            needsWords: false,
            isDangerous: false,
            run: (notes) => approve.mutateAsync({ params: { id }, body: { notes } }),
          },
          {
            key: 'r',
            label: t('refuse'),
            words: t('notesToAgent'),
            needsWords: true,
            isDangerous: true,
            run: (notes) => reject.mutateAsync({ params: { id }, body: { notes } }),
          },
        ]
      : [];
}

function useEscalationMoves() {
  const t = useTranslations('inbox');
  const mayOperate = useMay('operator');
  const mayResolve = useMay('admin');
  const decide = useAction('resolveDecision', {
    done: ({ decision }) =>
      t(decision.status === 'approved' ? 'decisionApproved' : 'decisionRejected', { title: decision.title }),
  });
  const settle = useAction('resolveEscalation', { done: () => t('settled') });
  const start = useAction('startAgent', { done: ({ message }) => message });

  return ({ escalation }: Extract<Waiting, { kind: 'escalation' }>): Move[] => {
    const { id, subject, kind } = escalation;
    const plain = { needsWords: true, isDangerous: false };
    const answer = (key: Move['key'], label: string, words: string): Move => ({
      ...plain,
      key,
      label,
      words,
      run: (resolution) => settle.mutateAsync({ params: { id }, body: { resolution } }),
    });
    const resolve = (decision: 'approve' | 'reject') => (reason: string) =>
      decide.mutateAsync({ params: { id: subject }, body: { decision, reason } });

    switch (kind) {
      case 'decision':
        return mayResolve
          ? [
              { ...plain, key: 'a', label: t('approve'), words: t('why'), run: resolve('approve') },
              { ...plain, key: 'r', label: t('reject'), words: t('why'), isDangerous: true, run: resolve('reject') },
            ]
          : [];
      case 'agent_failed': {
        const again: Move = {
          key: 'a',
          label: t('startAgain', { agent: roleName(agentOf(escalation)) }),
          words: undefined,
          needsWords: false,
          isDangerous: false,
          run: () => start.mutateAsync({ params: { type: agentOf(escalation) } }),
        };
        return [...(mayOperate ? [again] : []), ...(mayResolve ? [answer('r', t('leave'), t('whatWasDone'))] : [])];
      }
      case 'agent_stuck':
        return mayResolve ? [answer('a', t('letGoOn'), t('whatWasDone'))] : [];
      case 'human_requested':
        return mayResolve ? [answer('a', t('answer'), t('answerToAgent'))] : [];
      case 'budget_exhausted':
        return mayResolve ? [answer('a', t('seen'), t('whatWasDone'))] : [];
    }
  };
}

import type { LucideIcon } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useTranslations } from 'use-intl';
import { type DecisionDetail, type Vote, voteSchema } from '../../../../src/contracts/decision.ts';
import { useAction } from '../../api/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Select, TextArea } from '../../parts/fields.tsx';
import { roleName } from '../../parts/names.ts';
import { openVoters } from '../../parts/voting.ts';

interface VoteOnBehalfProps {
  readonly decision: DecisionDetail;
  readonly icon: LucideIcon;
}

/** An operator's vote for one who has not voted; everybody sees who cast it. */
export function VoteOnBehalf({ decision, icon }: VoteOnBehalfProps) {
  const t = useTranslations('decisions');
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button icon={icon} onClick={() => setOpen(true)}>
        {t('vote')}
      </Button>
      <Dialog open={isOpen} onOpenChange={setOpen} title={t('voteTitle')} lead={t('voteLead')}>
        <Ballot decision={decision} onClose={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

function Ballot({ decision, onClose }: { readonly decision: DecisionDetail; readonly onClose: () => void }) {
  const t = useTranslations('decisions');
  const common = useTranslations('common');
  const voters = openVoters(decision);
  const [voterType, setVoter] = useState(voters[0] ?? '');
  // What one saw when one began to vote: another round is another question.
  const [round] = useState(decision.round);
  const [vote, setVote] = useState<Vote>('approve');
  const [reason, setReason] = useState('');
  const isLate = !voters.includes(voterType);
  const cast = useAction('castVote', {
    done: () => t('voted', { voter: roleName(voterType) }),
    onDone: onClose,
  });

  function submit(event: FormEvent): void {
    event.preventDefault();
    cast.mutate({
      params: { id: decision.id },
      body: { voterType, vote, reason: reason.trim(), round },
    });
  }

  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <div className="grid gap-3 sm:grid-cols-2">
        <Select
          label={t('voter')}
          value={voterType}
          onChange={setVoter}
          options={[...(isLate ? [voterType] : []), ...voters].map((voter) => [voter, roleName(voter)] as const)}
          error={isLate ? t('hasVoted', { voter: roleName(voterType) }) : undefined}
        />
        <Select
          label={t('voteWord')}
          value={vote}
          onChange={setVote}
          options={voteSchema.options.map((word) => [word, t(`vote_${word}`)] as const)}
        />
      </div>
      <TextArea label={common('reason')} value={reason} onChange={setReason} max={2_000} />
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>{common('cancel')}</Button>
        <Button type="submit" variant="primary" busy={cast.isPending} disabled={isLate}>
          {t('vote')}
        </Button>
      </div>
    </form>
  );
}

import { BellOff, BellRing } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import type { Channel } from '../../../../src/contracts/notification.ts';
import { useAction, useRoute } from '../../api/queries.ts';
import { useMay } from '../../api/session.tsx';
import { Ask } from '../../parts/ask.tsx';
import { Badge } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { useNotices } from '../../parts/notices.tsx';
import { Empty, Loaded } from '../../parts/states.tsx';
import { ChannelDialog } from './channel-dialog.tsx';
import { Deliveries } from './deliveries.tsx';

/** Who is told when a human is needed, and whether it arrived. */
export function ChannelsTab() {
  const mayChange = useMay('admin');
  return (
    <div className="grid items-start gap-4 xl:grid-cols-2">
      {mayChange ? <Channels /> : <NoChannels />}
      <Deliveries />
    </div>
  );
}

/** Addresses are for admins alone. */
function NoChannels() {
  const t = useTranslations('settings');
  return (
    <Card title={t('channels')}>
      <Empty icon={BellRing} title={t('channelsHidden')}>
        {t('channelsHiddenLead')}
      </Empty>
    </Card>
  );
}

function Channels() {
  const t = useTranslations('settings');
  const channels = useRoute('listChannels', { query: { limit: 200 } });
  const [isAdding, setAdding] = useState(false);
  return (
    <Card title={t('channels')} aside={<Button onClick={() => setAdding(true)}>{t('addChannel')}</Button>}>
      <Loaded query={channels} lines={4}>
        {({ channels: all }) =>
          all.length === 0 ? (
            <Empty icon={BellOff} title={t('noChannels')}>
              {t('noChannelsLead')}
            </Empty>
          ) : (
            <ul className="divide-y">
              {all.map((channel) => (
                <ChannelRow key={channel.name} channel={channel} />
              ))}
            </ul>
          )
        }
      </Loaded>
      <ChannelDialog open={isAdding} onOpenChange={setAdding} />
    </Card>
  );
}

function ChannelRow({ channel }: { readonly channel: Channel }) {
  const t = useTranslations('settings');
  const { name, kind, destination, severities, enabled, answerLinks } = channel;
  const notices = useNotices();
  const params = { name };
  const test = useAction('testChannel', {
    onDone: ({ notification: { status, lastError } }) =>
      status === 'sent'
        ? notices.say(t('testSent', { name }))
        : notices.complain(new Error(t('testFailed', { name, reason: lastError ?? '' }))),
  });
  const remove = useAction('removeChannel', { done: () => t('channelRemoved', { name }) });
  return (
    <li className="flex flex-col gap-1.5 px-4 py-3">
      <div className="flex flex-wrap items-center gap-2">
        <h3 className="font-medium">{name}</h3>
        <Badge>{t(`kind_${kind}`)}</Badge>
        {!enabled && <Badge tone="blood">{t('channelOff')}</Badge>}
        {answerLinks && <Badge tone="sky">{t('answerLinks')}</Badge>}
      </div>
      <p className="text-sm break-all text-ink-soft">{destination}</p>
      <div className="flex flex-wrap items-center justify-between gap-2">
        <span className="text-xs text-ink-soft">
          {severities.map((severity) => t(`severity_${severity}`)).join(', ')}
        </span>
        <span className="flex gap-1">
          <Button busy={test.isPending} onClick={() => test.mutate({ params })} aria-label={`${t('test')}: ${name}`}>
            {t('test')}
          </Button>
          <Ask
            trigger={(open) => (
              <Button variant="danger" onClick={open} aria-label={`${t('remove')}: ${name}`}>
                {t('remove')}
              </Button>
            )}
            title={t('removeChannel', { name })}
            lead={t('removeChannelLead')}
            confirm={t('remove')}
            isDangerous
            onConfirm={() => remove.mutateAsync({ params })}
          />
        </span>
      </div>
    </li>
  );
}

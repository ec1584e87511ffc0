import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import type { BoardroomEvent } from '../../../../src/contracts/event.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { useSentence } from '../../parts/happening.tsx';
import { useMedia } from '../../parts/media.ts';
import { Page } from '../../parts/page.tsx';
import { EventDetail } from './event-detail.tsx';
import { EventList } from './event-list.tsx';
import { ExportDialog } from './export-dialog.tsx';
import { Filters } from './filters.tsx';
import { useLog } from './use-log.ts';

const route = getRouteApi('/events');

/** All that has happened, from now back to the beginning, and what happens while one looks. */
export function EventsPage() {
  const t = useTranslations('events');
  const search = route.useSearch();
  const log = useLog(search);
  const isWide = useMedia('(min-width: 64rem)');
  const [chosen, setChosen] = useState<BoardroomEvent>();
  const [isOpen, setOpen] = useState(false);
  return (
    <Page title={t('title')} lead={t('lead')} actions={<ExportDialog search={search} />}>
      <Filters search={search} />
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_25rem]">
        <EventList
          log={log}
          chosen={chosen}
          onChoose={(event, how) => {
            setChosen(event);
            if (how === 'open') setOpen(true);
          }}
        />
        {isWide ? (
          <EventDetail event={chosen} search={search} />
        ) : (
          <EventDialog event={isOpen ? chosen : undefined} onClose={() => setOpen(false)}>
            <EventDetail event={chosen} search={search} isBare />
          </EventDialog>
        )}
      </div>
    </Page>
  );
}

interface EventDialogProps {
  readonly event: BoardroomEvent | undefined;
  readonly onClose: () => void;
  readonly children: React.ReactNode;
}

function EventDialog({ event, onClose, children }: EventDialogProps) {
  const sentence = useSentence();
  return (
    <Dialog open={event !== undefined} onOpenChange={(open) => !open && onClose()} title={event ? sentence(event) : ''}>
      {children}
    </Dialog>
  );
}

import { Download } from 'lucide-react';
import { useRef, useState } from 'react';
import { useTranslations } from 'use-intl';
import { client } from '../../api/client.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { useNotices } from '../../parts/notices.tsx';
import { type Format, formats, writings } from './export.ts';
import { queryOf } from './filter.ts';
import { cursorAfter, pageSize } from './log-window.ts';
import type { EventsSearch } from './search.ts';
import { patiently } from './use-log.ts';

interface Progress {
  readonly format: Format;
  readonly events: number;
  readonly isWaiting: boolean;
}

/** All that the filter finds, newest first, as a file: read page by page, and to be stopped at any time. */
export function ExportDialog({ search }: { readonly search: EventsSearch }) {
  const t = useTranslations('events');
  const notices = useNotices();
  const [isOpen, setOpen] = useState(false);
  const [progress, setProgress] = useState<Progress>();
  const stopping = useRef<AbortController>(undefined);

  async function run(format: Format): Promise<void> {
    const current = new AbortController();
    stopping.current = current;
    try {
      const blob = await collect(search, format, {
        signal: current.signal,
        onProgress: (events, isWaiting) => setProgress({ format, events, isWaiting }),
      });
      save(blob, `boardroom-events-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}.${format}`);
      setOpen(false);
    } catch (error) {
      if (!current.signal.aborted) notices.complain(error);
    } finally {
      setProgress(undefined);
    }
  }

  function close(): void {
    stopping.current?.abort();
    setOpen(false);
  }

  return (
    <>
      <Button icon={Download} onClick={() => setOpen(true)}>
        {t('export')}
      </Button>
      <Dialog
        open={isOpen}
        onOpenChange={(open) => (open ? setOpen(true) : close())}
        title={t('exportTitle')}
        lead={t('exportLead')}
      >
        <p role="status" className="min-h-6 text-sm">
          {progress && t(progress.isWaiting ? 'exportWaits' : 'exportRuns', { count: progress.events })}
        </p>
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={close}>{t(progress ? 'exportStop' : 'exportClose')}</Button>
          {formats.map((format) => (
            <Button
              key={format}
              variant="primary"
              busy={progress?.format === format}
              disabled={progress !== undefined}
              onClick={() => void run(format)}
            >
              {format.toUpperCase()}
            </Button>
          ))}
        </div>
      </Dialog>
    </>
  );
}

interface Watch {
  readonly signal: AbortSignal;
  readonly onProgress: (events: number, isWaiting: boolean) => void;
}

async function collect(search: EventsSearch, format: Format, { signal, onProgress }: Watch): Promise<Blob> {
  const { begin, between, end, line, mediaType } = writings[format];
  // Pieces that the browser may keep on disk, in place of one long text.
  const pieces: Blob[] = [new Blob([begin])];
  let count = 0;
  let before: number | undefined;
  do {
    const query = { ...queryOf(search), before, limit: pageSize };
    const page = await patiently(
      () => client.call('listEvents', { query, signal }),
      signal,
      () => onProgress(count, true),
    );
    const text = page.events.map(line).join(between);
    if (text !== '') pieces.push(new Blob([count === 0 ? text : between + text]));
    count += page.events.length;
    before = cursorAfter(page);
    onProgress(count, false);
  } while (before !== undefined);
  return new Blob([...pieces, end], { type: mediaType });
}

function save(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // Once the download has begun; the browser has taken what it needs by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

import { BookOpen } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import type { DocumentSummary } from '../../../../src/contracts/knowledge.ts';
import { usePages } from '../../api/pages.ts';
import { useRoute } from '../../api/queries.ts';
import { Card } from '../../parts/card.tsx';
import { TextField } from '../../parts/fields.tsx';
import { Markdown } from '../../parts/markdown.tsx';
import { More } from '../../parts/more.tsx';
import { Empty, Failure, Loaded, Skeleton } from '../../parts/states.tsx';
import { Ago } from '../../parts/time.tsx';
import { useSettled } from '../../parts/use-settled.ts';

/** What it wrote down for its later self. */
export function Memory({ type }: { readonly type: string }) {
  const t = useTranslations('agents');
  const [text, setText] = useState('');
  const words = useSettled(text.trim());
  return (
    <Card
      title={t('memory')}
      aside={
        <div className="w-full sm:w-64">
          <TextField
            label={t('memorySearch')}
            placeholder={t('memorySearch')}
            isLabelHidden
            type="search"
            value={text}
            onChange={setText}
            max={400}
          />
        </div>
      }
    >
      {words === '' ? <AllOf type={type} /> : <Found type={type} words={words} />}
    </Card>
  );
}

function AllOf({ type }: { readonly type: string }) {
  const t = useTranslations('agents');
  const { query, items, first } = usePages<'listDocuments', DocumentSummary>(
    'listDocuments',
    { query: { kind: 'memory', agent: type } },
    { itemsOf: ({ documents }) => documents, behind: ({ id }) => ({ before: id }), limit: 30 },
  );
  if (items === undefined)
    return query.isError ? <Failure error={query.error} onRetry={() => void query.refetch()} /> : <Skeleton />;
  if (items.length === 0) {
    return (
      <Empty icon={BookOpen} title={t('noMemory')}>
        {t('noMemoryLead')}
      </Empty>
    );
  }
  return (
    <>
      <ul className="divide-y">
        {items.map(({ id, title, updatedAt }) => (
          <Entry key={id} id={id} title={title} at={updatedAt} />
        ))}
      </ul>
      <More
        shown={items.length}
        total={query.hasNextPage ? (first?.total ?? 0) : 0}
        busy={query.isFetchingNextPage}
        onMore={() => void query.fetchNextPage()}
      />
    </>
  );
}

function Found({ type, words }: { readonly type: string; readonly words: string }) {
  const t = useTranslations('agents');
  const found = useRoute('searchKnowledge', { query: { q: words, kind: 'memory', agent: type, limit: 30 } });
  return (
    <Loaded query={found}>
      {({ results }) =>
        results.length === 0 ? (
          <Empty icon={BookOpen} title={t('noFinding')} />
        ) : (
          <ul className="divide-y">
            {results.map(({ id, title, updatedAt, snippet }) => (
              <Entry key={id} id={id} title={title} at={updatedAt} snippet={snippet} />
            ))}
          </ul>
        )
      }
    </Loaded>
  );
}

interface EntryProps {
  readonly id: string;
  readonly title: string;
  readonly at: string;
  readonly snippet?: string;
}

/** Its text is asked for when somebody opens it. */
function Entry({ id, title, at, snippet }: EntryProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <li>
      <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary className="flex items-baseline gap-3 px-4 py-2.5 text-sm hover:bg-paper">
          <span className="min-w-0 grow break-words">
            <span className="font-medium">{title}</span>
            {snippet !== undefined && <span className="block text-xs text-ink-soft">{snippet}</span>}
          </span>
          <Ago at={at} className="shrink-0 text-xs text-ink-soft" />
        </summary>
        {isOpen && <Text id={id} />}
      </details>
    </li>
  );
}

const Text = ({ id }: { readonly id: string }) => (
  <div className="max-w-prose px-4 pt-1 pb-4 text-sm">
    <Loaded query={useRoute('getDocument', { params: { id } })} lines={2}>
      {({ text }) => <Markdown text={text} />}
    </Loaded>
  </div>
);

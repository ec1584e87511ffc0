import { type FormEvent, useState } from 'react';
import { useTranslations } from 'use-intl';
import type { BenchmarkTask } from '../../../../src/contracts/benchmark.ts';
import { useAction, useRoute } from '../../api/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { TextArea } from '../../parts/fields.tsx';
import { Loaded } from '../../parts/states.tsx';

interface NewBenchmarkProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly onRun: (runId: string) => void;
}

/** Puts tasks to models. */
export function NewBenchmark({ open, onOpenChange, onRun }: NewBenchmarkProps) {
  const t = useTranslations('models');
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={t('newRun')} lead={t('newRunLead')}>
      <Form
        onRun={(runId) => {
          onOpenChange(false);
          onRun(runId);
        }}
      />
    </Dialog>
  );
}

function Form({ onRun }: Pick<NewBenchmarkProps, 'onRun'>) {
  const t = useTranslations('models');
  const known = useRoute('listBenchmarkTasks');
  const [text, setText] = useState('');
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const run = useAction('runBenchmark', { done: () => t('runStarted'), onDone: ({ runId }) => onRun(runId) });
  const models = [...new Set(text.split(/[\s,]+/).filter((name) => name !== ''))];

  return (
    <Loaded query={known} lines={5}>
      {({ tasks, judge }) => {
        const chosen = tasks.map(({ id }) => id).filter((id) => !left.has(id));
        const start = (event: FormEvent) => {
          event.preventDefault();
          run.mutate({ body: { models, tasks: chosen } });
        };
        return (
          <form onSubmit={start} className="flex flex-col gap-4">
            <TextArea
              label={t('runModels')}
              hint={t('runModelsHint')}
              placeholder="anthropic/claude-sonnet-5-5"
              rows={3}
              value={text}
              onChange={setText}
              isRequired
            />
            <Tasks
              tasks={tasks}
              judge={judge}
              left={left}
              onToggle={(id, isIn) =>
                setLeft((before) => new Set(isIn ? [...before].filter((each) => each !== id) : [...before, id]))
              }
            />
            <Button
              type="submit"
              variant="primary"
              className="self-end"
              busy={run.isPending}
              disabled={models.length === 0 || chosen.length === 0}
            >
              {t('newRun')}
            </Button>
          </form>
        );
      }}
    </Loaded>
  );
}

interface TasksProps {
  readonly tasks: readonly BenchmarkTask[];
  readonly judge: string | null;
  /** Those that are not asked. */
  readonly left: ReadonlySet<string>;
  readonly onToggle: (id: string, isIn: boolean) => void;
}

function Tasks({ tasks, judge, left, onToggle }: TasksProps) {
  const t = useTranslations('models');
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 text-sm font-medium">{t('runTasks')}</legend>
      {tasks.map(({ id, title, items, grading }) => (
        <label key={id} className="flex items-start gap-2 text-sm">
          <input
            type="checkbox"
            checked={!left.has(id)}
            onChange={({ target }) => onToggle(id, target.checked)}
            className="mt-0.5 size-4 accent-felt"
          />
          <span>
            {title} <span className="text-xs text-ink-soft">{t('questions', { items })}</span>
            {grading === 'rubric' && judge === null && (
              <span className="block text-xs text-ink-soft">{t('noJudge')}</span>
            )}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

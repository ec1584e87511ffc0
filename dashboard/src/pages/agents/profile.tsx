import { useTranslations } from 'use-intl';
import type { Answer } from '../../../../src/contracts/client.ts';
import { useRoute } from '../../api/queries.ts';
import { Card } from '../../parts/card.tsx';
import { Fact } from '../../parts/facts.tsx';
import { Markdown } from '../../parts/markdown.tsx';
import { roleName } from '../../parts/names.ts';
import { Loaded } from '../../parts/states.tsx';
import { spanOf } from '../../parts/time.tsx';

/** Who the agent is told to be, and what its profile lets it do. */
export function Profile({ type }: { readonly type: string }) {
  const t = useTranslations('agents');
  const profile = useRoute('getAgentProfile', { params: { type } });
  return (
    <Loaded query={profile} lines={8}>
      {({ head, text, isWhole }) => (
        <div className="grid items-start gap-4 xl:grid-cols-[1fr_22rem]">
          <Card title={t('profile')} className="min-w-0">
            <div className="max-w-prose p-4">
              <Markdown text={text} />
              {!isWhole && <p className="mt-4 text-sm text-ink-soft">{t('profileCut')}</p>}
            </div>
          </Card>
          <Head head={head} />
        </div>
      )}
    </Loaded>
  );
}

type ProfileHead = Answer<'getAgentProfile'>['head'];
const seats = { board: 'seat_board', 'c-level': 'seat_c_level', staff: 'seat_staff' } as const;

function Head({ head }: { readonly head: ProfileHead }) {
  const t = useTranslations('agents');
  const { permissions, resources, secrets, command, image, keywords } = head;
  return (
    <Card title={t('head')}>
      <dl className="grid grid-cols-2 gap-x-6 gap-y-4 p-4">
        <Fact name={t('seat')}>{t(seats[head.seat])}</Fact>
        <Fact name={t('version')}>{head.version}</Fact>
        <Fact name={t('rhythm')}>{t('every', { time: spanOf(head.loopInterval * 1_000) })}</Fact>
        <Fact name={t('turn')}>{t('turnOf', { time: spanOf(head.turnTimeout * 1_000) })}</Fact>
        <Fact name={t('tools')} isWide>
          <Names names={permissions.tools} />
        </Fact>
        <Tiers tiers={permissions.propose} />
        <Fact name={t('assigns')} isWide>
          {permissions.assign === 'everyone'
            ? t('everyone')
            : permissions.assign.map(roleName).join(', ') || t('nobody')}
        </Fact>
        <Fact name={t('resources')} isWide>
          {t('resourcesOf', resources)}
        </Fact>
        {secrets.length > 0 && (
          <Fact name={t('secrets')} isWide>
            <Names names={secrets} />
          </Fact>
        )}
        {image !== undefined && (
          <Fact name={t('image')} isWide>
            <Names names={[image]} />
          </Fact>
        )}
        {command !== undefined && (
          <Fact name={t('command')} isWide>
            <Names names={command} />
          </Fact>
        )}
        {keywords.length > 0 && (
          <Fact name={t('keywords')} isWide>
            {keywords.join(', ')}
          </Fact>
        )}
      </dl>
    </Card>
  );
}

function Tiers({ tiers }: { readonly tiers: ProfileHead['permissions']['propose'] }) {
  const t = useTranslations('agents');
  const states = useTranslations('states');
  const common = useTranslations('common');
  return (
    <Fact name={t('proposes')} isWide>
      {tiers.map((tier) => states(`tier_${tier}`)).join(', ') || common('none')}
    </Fact>
  );
}

const Names = ({ names }: { readonly names: readonly string[] }) => (
  <span className="flex flex-wrap gap-1">
    {names.map((name) => (
      <code key={name} className="rounded bg-sunken px-1.5 py-0.5 font-mono text-xs break-all">
        {name}
      </code>
    ))}
  </span>
);

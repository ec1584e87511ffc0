import { Option } from '@commander-js/extra-typings';
import type { Answer } from '../../contracts/client.ts';
import { requestStatusSchema } from '../../contracts/domain.ts';
import { limitOption } from '../arguments.ts';
import type { Format } from '../text/screen.ts';
import { noteMore } from './more.ts';
import type { Register } from './register.ts';

type Domain = Answer<'listDomains'>['domains'][number];
type Request = Answer<'listDomainRequests'>['requests'][number];

/** `domains ls|add|rm|requests|approve|reject`. */
export const addDomainCommands: Register = (program, open) => {
  const domains = program.command('domains').description('what agents may reach');
  domains
    .command('ls')
    .description('the whitelist')
    .option('-a, --all', 'also what was removed')
    .addOption(limitOption(200))
    .action(async ({ all, limit }) => {
      const { client, screen } = await open();
      const page = await client.call('listDomains', { query: { limit } });
      const shown = page.domains.filter(({ isActive }) => all || isActive);
      screen.show({ ...page, domains: shown }, (safe, format) => domainTable(safe.domains, format));
      noteMore(screen, page.domains.length, page.total);
    });
  domains
    .command('add')
    .description('let agents reach a domain; answers what they have asked for it')
    .argument('<domain>', 'api.example.com, or *.example.com for all names below it')
    .requiredOption('-c, --category <name>', 'of your own; hosts of "internal" may have private addresses')
    .option('-d, --description <text>', 'what it is for', '')
    .action(async (domain, { category, description }) => {
      const { client, screen } = await open();
      const answer = await client.call('addDomain', { body: { domain, category, description } });
      screen.show(answer.domain, (added) => `${added.domain} may be reached (${added.category})`);
    });
  domains
    .command('rm')
    .description('cut a domain off at once, open connections included')
    .argument('<domain>')
    .action(async (domain) => {
      const { client, screen } = await open();
      screen.show(
        await client.call('removeDomain', { params: { domain } }),
        () => `${domain} may not be reached any more`,
      );
    });
  addRequestCommands(domains, open);
};

const addRequestCommands: Register = (domains, open) => {
  domains
    .command('requests')
    .description('what agents ask for, oldest first')
    .addOption(new Option('-s, --status <status>').choices(requestStatusSchema.options).default('pending' as const))
    .addOption(limitOption(200))
    .action(async ({ status, limit }) => {
      const { client, screen } = await open();
      const page = await client.call('listDomainRequests', { query: { status, limit } });
      screen.show(page, ({ requests }, format) => requestTable(requests, format));
      noteMore(screen, page.requests.length, page.total);
    });
  domains
    .command('approve')
    .description('whitelist a domain that was asked for')
    .argument('<id>')
    .option('-c, --category <name>', 'in place of the suggested one')
    .option('--notes <text>', 'for the agents that asked', '')
    .action(async (id, { category, notes }) => {
      const { client, screen } = await open();
      const body = { notes, ...(category !== undefined && { category }) };
      const { request } = await client.call('approveDomainRequest', { params: { id }, body });
      screen.show(request, requestText);
    });
  domains
    .command('reject')
    .description('refuse a domain that was asked for; the agent is told why')
    .argument('<id>')
    .option('--notes <text>', 'why', '')
    .action(async (id, { notes }) => {
      const { client, screen } = await open();
      const { request } = await client.call('rejectDomainRequest', { params: { id }, body: { notes } });
      screen.show(request, requestText);
    });
};

const domainTable = (domains: readonly Domain[], { table }: Format): string =>
  table(
    [
      { head: 'DOMAIN', cell: ({ domain }) => domain },
      { head: 'CATEGORY', cell: ({ category }) => category },
      { head: 'ACTIVE', cell: ({ isActive }) => (isActive ? 'yes' : 'no') },
      { head: 'DESCRIPTION', cell: ({ description }) => description, kind: 'text' },
    ],
    domains,
  );

const requestTable = (requests: readonly Request[], { table }: Format): string =>
  table(
    [
      { head: 'REQUEST', cell: ({ id }) => id, kind: 'id' },
      { head: 'STATUS', cell: ({ status }) => status },
      { head: 'BY', cell: ({ requestedBy }) => requestedBy },
      { head: 'SAFE', cell: ({ securityScore }) => securityScore, align: 'right' },
      { head: 'DOMAIN', cell: ({ domain }) => domain },
      { head: 'REASON', cell: ({ reason }) => reason, kind: 'text' },
    ],
    requests,
  );

const requestText = ({ id, domain, status }: Request, { paint }: Format): string =>
  `${id} for ${domain} is ${paint(status)}`;

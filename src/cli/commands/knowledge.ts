import type { Answer } from '../../contracts/client.ts';
import { limitOption } from '../arguments.ts';
import type { Format } from '../text/screen.ts';
import { noteMore } from './more.ts';
import type { Register } from './register.ts';

type Found = Answer<'searchKnowledge'>['results'][number];
type Document = Answer<'listDocuments'>['documents'][number];

/** `knowledge search|ls|show|add|rm`. */
export const addKnowledgeCommands: Register = (program, open) => {
  const knowledge = program.command('knowledge').description('what the team knows');
  knowledge
    .command('search')
    .description('documents by their words, best first')
    .argument('<words...>')
    .addOption(limitOption(10))
    .action(async (words, { limit }) => {
      const { client, screen } = await open();
      const answer = await client.call('searchKnowledge', { query: { q: words.join(' '), limit } });
      screen.show(answer, ({ results }, format) => foundTable(results, format));
    });
  knowledge
    .command('ls')
    .description('documents, newest first')
    .addOption(limitOption(50))
    .action(async ({ limit }) => {
      const { client, screen } = await open();
      const page = await client.call('listDocuments', { query: { limit } });
      screen.show(page, ({ documents }, format) => documentTable(documents, format));
      noteMore(screen, page.documents.length, page.total);
    });
  knowledge
    .command('show')
    .description('one document as a whole')
    .argument('<id>')
    .action(async (id) => {
      const { client, screen } = await open();
      const document = await client.call('getDocument', { params: { id } });
      screen.show(document, ({ title, source, text }) => `${title} (${source})\n\n${text}`);
    });
  knowledge
    .command('add')
    .description('a note that all agents find, or one of them')
    .argument('<title>')
    .argument('[text]', 'what there is to know', '')
    .option('-a, --agent <type>', 'whose alone it is')
    .action(async (title, text, { agent }) => {
      const { client, screen } = await open();
      const body = { title, text, ...(agent !== undefined && { agent }) };
      const { document } = await client.call('addNote', { body });
      screen.show(document, ({ id }) => `${id} is known`);
    });
  knowledge
    .command('rm')
    .description('take a note away')
    .argument('<id>')
    .action(async (id) => {
      const { client, screen } = await open();
      screen.show(await client.call('removeNote', { params: { id } }), () => `${id} is gone`);
    });
};

const foundTable = (results: readonly Found[], { table }: Format): string =>
  table(
    [
      { head: 'DOCUMENT', cell: ({ id }) => id, kind: 'id' },
      { head: 'KIND', cell: ({ kind }) => kind },
      { head: 'TITLE', cell: ({ title }) => title, kind: 'text' },
      { head: 'FOUND', cell: ({ snippet }) => snippet, kind: 'text' },
    ],
    results,
  );

const documentTable = (documents: readonly Document[], { table, time }: Format): string =>
  table(
    [
      { head: 'DOCUMENT', cell: ({ id }) => id, kind: 'id' },
      { head: 'KIND', cell: ({ kind }) => kind },
      { head: 'CHANGED', cell: ({ updatedAt }) => time(updatedAt) },
      { head: 'TITLE', cell: ({ title }) => title, kind: 'text' },
    ],
    documents,
  );

import { median } from '../measure.ts';
import { model, openMeaningLibrary } from '../parts/meaning-library.ts';
import type { Row } from '../row.ts';

const requests = 100;

export const knowledgeQuestion: Row = {
  name: 'knowledge-question',
  about:
    'the same search of a question never asked before, with the call of a model that answers at once, booked like any other; beside it that call by hand',
  unit: 'ms',
  better: 'lower',
  goal: { figure: 50 },
  needs: ['pgvector'],
  async open() {
    const { load, port, needle, search, providerUrl, close } = await openMeaningLibrary();
    let asked = 0;
    /** The same words: what is between them makes it another text. */
    const question = () => {
      asked += 1;
      return needle.query.replace(' ', asked.toString(2).replaceAll('0', ' ,').replaceAll('1', ' ;').concat(' '));
    };
    const several = () => Array.from({ length: requests }, question);
    return {
      ours: () => load.latency({ port, path: several().map(search), requests }),
      async reference() {
        const latenciesMs: number[] = [];
        for (const input of several()) {
          const askedAt = performance.now();
          await callModel(providerUrl, input);
          latenciesMs.push(performance.now() - askedAt);
        }
        return median(latenciesMs);
      },
      close,
    };
  },
};

async function callModel(url: string, input: string): Promise<void> {
  const response = await fetch(`${url}/embeddings`, {
    method: 'POST',
    body: JSON.stringify({ model, input: [input] }),
  });
  if (!response.ok) throw new Error(`the model answered ${response.status}`);
  await response.arrayBuffer();
}

import { openMeaningLibrary } from '../parts/meaning-library.ts';
import type { Row } from '../row.ts';

const requests = 300;

export const knowledgeMeaning: Row = {
  name: 'knowledge-meaning',
  about:
    'GET /knowledge/search by words and by 50,000 vectors of 384 numbers, ten found, the question asked before (its vector is at hand), against GET /knowledge/:id of the document found first',
  unit: 'ms',
  better: 'lower',
  goal: { ratio: 3 },
  needs: ['pgvector'],
  async open() {
    const { load, port, needle, search, close } = await openMeaningLibrary();
    return {
      ours: () => load.latency({ port, path: search(needle.query), requests }),
      reference: () => load.latency({ port, path: `/knowledge/${needle.id}`, requests }),
      close,
    };
  },
};

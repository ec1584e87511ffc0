import { config } from 'zod';

// Schemas compiled as they are made would need `eval`, which the page's policy forbids: this comes before the first of them.
config({ jitless: true });

import { config } from 'zod/v4';

// Schemas compiled as they are made would need `eval`, which the page's policy forbids. In the build `zod` means this file, so that
// this comes before the first schema, in whatever order the parts of the page are loaded.
config({ jitless: true });

export * from 'zod/v4';

import { lazy, Suspense } from 'react';

const Rendered = lazy(() =>
  import('./markdown-rendered.tsx').then(({ MarkdownRendered }) => ({ default: MarkdownRendered })),
);

/** What agents and people wrote, as they meant it: never as HTML, and no picture is fetched from anywhere. */
export const Markdown = ({ text }: { readonly text: string }) => (
  <Suspense fallback={<p className="whitespace-pre-wrap break-words">{text}</p>}>
    <Rendered text={text} />
  </Suspense>
);

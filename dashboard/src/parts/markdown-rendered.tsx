import ReactMarkdown, { type Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';

/** A picture would be a request to whoever the text names; its description stays. A link leads away without telling where from. */
const components: Components = {
  img: ({ alt }) => <em>{alt}</em>,
  a: ({ href, children }) => (
    <a href={href} target="_blank" rel="noreferrer nofollow" className="text-felt underline">
      {children}
    </a>
  ),
  // A text may begin at any level; below the page's headings all of them are of one, or a level would be left out.
  h1: ({ children }) => <h3 className="mt-3 text-lg font-semibold">{children}</h3>,
  h2: ({ children }) => <h3 className="mt-3 text-base font-semibold">{children}</h3>,
  h3: ({ children }) => <h3 className="mt-2 font-semibold">{children}</h3>,
  h4: ({ children }) => <h3 className="mt-2 font-medium">{children}</h3>,
  h5: ({ children }) => <h3 className="mt-2 font-medium">{children}</h3>,
  h6: ({ children }) => <h3 className="mt-2 font-medium">{children}</h3>,
  ul: ({ children }) => <ul className="list-disc pl-5">{children}</ul>,
  ol: ({ children }) => <ol className="list-decimal pl-5">{children}</ol>,
  pre: ({ children }) => (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be within reach of the keyboard
    <pre tabIndex={0} className="overflow-x-auto rounded-lg bg-sunken p-3 font-mono text-xs">
      {children}
    </pre>
  ),
  code: ({ children }) => <code className="rounded bg-sunken px-1 font-mono text-[0.9em]">{children}</code>,
  table: ({ children }) => (
    <table className="block max-w-full overflow-x-auto text-sm [&_td]:border [&_td]:px-2 [&_th]:border [&_th]:px-2">
      {children}
    </table>
  ),
};

export const MarkdownRendered = ({ text }: { readonly text: string }) => (
  <div className="flex min-w-0 flex-col gap-2 break-words">
    <ReactMarkdown remarkPlugins={[remarkGfm]} components={components} skipHtml={false}>
      {text}
    </ReactMarkdown>
  </div>
);

/** How much of what can be reached; the number stands beside it. */
export const ScoreBar = ({ score }: { readonly score: number }) => (
  <span aria-hidden="true" className="h-1.5 min-w-8 grow overflow-hidden rounded-full bg-sunken">
    <span className="block h-full rounded-full bg-felt" style={{ width: `${score * 100}%` }} />
  </span>
);

import { isSignedOut } from '../api/client.ts';
import { SessionProvider, useSessionQuery } from '../api/session.tsx';
import { LiveProvider } from '../live/live.tsx';
import { Failure, Skeleton } from '../parts/states.tsx';
import { Shell } from './shell.tsx';
import { SignIn } from './sign-in.tsx';

/** First who it is; then everything else. */
export function Root() {
  const session = useSessionQuery();
  if (session.isError && isSignedOut(session.error)) return <SignIn />;
  if (session.data === undefined) {
    return session.isError ? <Failure error={session.error} onRetry={() => void session.refetch()} /> : <Skeleton />;
  }
  return (
    <SessionProvider session={session.data}>
      <LiveProvider>
        <Shell />
      </LiveProvider>
    </SessionProvider>
  );
}

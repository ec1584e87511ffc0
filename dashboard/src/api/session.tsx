import { useQuery } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext } from 'react';
import type { Answer } from '../../../src/contracts/client.ts';
import { mayActAs, type Role } from '../../../src/contracts/key.ts';
import { routeQuery } from './queries.ts';

export type Session = Answer<'getSession'>;

const SessionContext = createContext<Session | undefined>(undefined);

export const SessionProvider = ({ session, children }: { readonly session: Session; readonly children: ReactNode }) => (
  <SessionContext value={session}>{children}</SessionContext>
);

/** Who is signed in, as the orchestrator knows it. */
export const useSessionQuery = () => useQuery({ ...routeQuery('getSession'), staleTime: 60_000 });

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('Nobody is signed in outside of SessionProvider');
  return session;
}

/** Whether to show what needs this role. The API refuses it all the same. */
export const useMay = (role: Role): boolean => mayActAs(useSession().role, role);

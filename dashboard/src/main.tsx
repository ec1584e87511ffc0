import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createQueries, routeQuery } from './api/queries.ts';
import { NoticesProvider } from './parts/notices.tsx';
import { router } from './router.tsx';
import { LanguageProvider } from './words/language.tsx';
import './styles.css';

const queries = createQueries(() => {
  // Ask who is signed in: nobody, says the answer, and the page becomes the door.
  if (queries.getQueryState(routeQuery('getSession').queryKey)?.status === 'success')
    void queries.resetQueries({ queryKey: routeQuery('getSession').queryKey });
});

const place = document.getElementById('root');
if (!place) throw new Error('index.html has no #root');
createRoot(place).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <LanguageProvider>
        <NoticesProvider>
          <RouterProvider router={router} />
        </NoticesProvider>
      </LanguageProvider>
    </QueryClientProvider>
  </StrictMode>,
);

import { join } from 'node:path';
import express, { type Response, Router } from 'express';
import helmet from 'helmet';

/** Scripts and styles are files of ours and nothing else: no inline code, no other host, no frame around the page. */
const policy = helmet.contentSecurityPolicy({
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    fontSrc: ["'self'"],
    imgSrc: ["'self'"],
    connectSrc: ["'self'"],
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
    requireTrustedTypesFor: ["'script'"],
  },
});

/** The dashboard as it was built, below /dashboard; every place in it is the same page. `root` holds dist/dashboard. */
export function dashboardFiles(root: string): Router {
  const folder = join(root, 'dist/dashboard');
  const router = Router();
  router.get('/', ({ headers }, response, next) => {
    // Programs that ask for nothing in particular are told that there is nothing.
    if (headers.accept?.includes('text/html')) response.redirect('/dashboard/');
    else next('router');
  });
  router.use('/dashboard', policy);
  // Names of assets hold a hash of what is in them.
  router.use(
    '/dashboard/assets',
    express.static(join(folder, 'assets'), { immutable: true, maxAge: '1y', index: false }),
  );
  router.get(['/dashboard', '/dashboard/*place'], ({ path }, response, next) => {
    if (path.startsWith('/dashboard/assets/')) next('router');
    else sendPage(response, folder);
  });
  return router;
}

const sendPage = (response: Response, root: string): void =>
  response.sendFile('index.html', { root, cacheControl: false, headers: { 'Cache-Control': 'no-cache' } });

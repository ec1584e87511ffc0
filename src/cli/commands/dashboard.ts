import type { Register } from './register.ts';

/** `dashboard`: the way into a browser. */
export const addDashboardCommand: Register = (program, open) => {
  program
    .command('dashboard')
    .description('a link that signs a browser in with your key: good once, for a quarter of an hour')
    .action(async () => {
      const { client, screen, url } = await open();
      const { path, expiresAt } = await client.call('createSessionLink');
      screen.show({ url: url + path, expiresAt }, (link) => link.url);
    });
};

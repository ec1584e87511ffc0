/** Imports point one way, type imports included: contracts ← rules ← store ← service ← routes, loops ← compose ← main. */
const rooms =
  '^src/orchestrator/(agents|benchmark|budgets|decisions|escalations|events|gateway|http|inbox|keys|knowledge|memory|models|notifiers|queue|settings|tasks)/';

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'contracts-stand-alone',
      comment: 'The vocabulary must load in a browser: zod and itself.',
      severity: 'error',
      from: { path: '^src/contracts/' },
      to: { pathNot: ['^src/contracts/', '^node_modules/zod/'] },
    },
    {
      name: 'agents-know-contracts-only',
      severity: 'error',
      from: { path: '^src/agents/' },
      to: { path: '^src/', pathNot: ['^src/agents/', '^src/contracts/'] },
    },
    {
      name: 'nobody-imports-the-agent',
      severity: 'error',
      from: { pathNot: '^src/agents/' },
      to: { path: '^src/agents/' },
    },
    {
      name: 'the-command-line-knows-contracts-only',
      comment: 'It calls the API. Its doctor also reads the configuration as the orchestrator would.',
      severity: 'error',
      from: { path: '^src/cli/', pathNot: '^src/cli/doctor/' },
      to: { path: '^src/', pathNot: ['^src/cli/', '^src/contracts/'] },
    },
    {
      name: 'the-doctor-knows-the-configuration-besides',
      severity: 'error',
      from: { path: '^src/cli/doctor/' },
      to: { path: '^src/', pathNot: ['^src/cli/', '^src/contracts/', '^src/orchestrator/config\\.ts$'] },
    },
    {
      name: 'nobody-imports-the-command-line',
      severity: 'error',
      from: { pathNot: '^src/cli/' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'the-dashboard-knows-contracts-only',
      severity: 'error',
      from: { path: '^dashboard/' },
      to: { path: '^src/', pathNot: '^src/contracts/' },
    },
    {
      name: 'nobody-imports-the-dashboard',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^dashboard/' },
    },
    {
      name: 'pages-meet-through-parts',
      comment: 'What two pages share is a part.',
      severity: 'error',
      from: { path: '^dashboard/src/pages/([^/]+)/' },
      to: { path: '^dashboard/src/pages/', pathNot: '^dashboard/src/pages/$1/' },
    },
    {
      name: 'rules-are-pure',
      comment: 'Plain values in, plain values out.',
      severity: 'error',
      from: { path: '(/rules|/plan|/restart-policy|/agenda|/permissions)\\.ts$' },
      // Besides zod: public suffixes, the arithmetic of cron, and what tells an address from a name (of `net` nothing else is pure).
      to: {
        pathNot: [
          '^src/contracts/',
          '^node_modules/(zod|tldts|croner)/',
          '^net$',
          '/rules\\.ts$',
          '/restart-policy\\.ts$',
        ],
      },
    },
    {
      name: 'platform-knows-no-rooms',
      comment: 'Adapters implement ports; they do not know who uses them.',
      severity: 'error',
      from: { path: '^src/orchestrator/platform/' },
      to: { path: rooms, pathNot: ['/agents/runtime\\.ts$', '/events/topics\\.ts$'] },
    },
    {
      name: 'services-do-not-know-routes',
      severity: 'error',
      from: { path: `${rooms}(?!.*routes\\.ts$)`, pathNot: '^src/orchestrator/http/' },
      to: { path: '/routes\\.ts$', pathNot: '^src/contracts/' },
    },
    {
      name: 'rooms-meet-through-services',
      comment: 'Another room’s store is its own business; the log and its tables are everybody’s.',
      severity: 'error',
      from: { path: '^src/orchestrator/([^/]+)/' },
      to: {
        path: '^src/orchestrator/[^/]+/(store|tables)\\.ts$',
        pathNot: ['^src/orchestrator/$1/', '^src/orchestrator/events/', '^src/orchestrator/platform/'],
      },
    },
    {
      name: 'adapters-are-named-in-the-composition-only',
      severity: 'error',
      from: { path: rooms, pathNot: ['^src/orchestrator/http/limit-store\\.ts$'] },
      to: { path: ['/platform/(docker|process|embedded)', '^node_modules/(dockerode|ioredis)/'] },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
};

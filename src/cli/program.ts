import { Argument, Command } from '@commander-js/extra-typings';
import { addAgentCommands } from './commands/agents.ts';
import { addBenchmarkCommands } from './commands/benchmark.ts';
import { addBudgetCommands } from './commands/budgets.ts';
import { addDashboardCommand } from './commands/dashboard.ts';
import { addDecisionCommands } from './commands/decisions.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addDomainCommands } from './commands/domains.ts';
import { addEventCommand } from './commands/events.ts';
import { addFocusCommands } from './commands/focus.ts';
import { addInboxCommands } from './commands/inbox.ts';
import { addJobCommands } from './commands/jobs.ts';
import { addKeyCommands } from './commands/keys.ts';
import { addKnowledgeCommands } from './commands/knowledge.ts';
import { addLogsCommand } from './commands/logs.ts';
import { addSettingCommands } from './commands/settings.ts';
import { addStatusCommand } from './commands/status.ts';
import { addTaskCommands } from './commands/tasks.ts';
import { completionScript, shells } from './completion.ts';
import { type CommonOptions, openSession, type Surroundings } from './session.ts';

const registers = [
  addStatusCommand,
  addDashboardCommand,
  addAgentCommands,
  addLogsCommand,
  addTaskCommands,
  addDecisionCommands,
  addInboxCommands,
  addEventCommand,
  addDomainCommands,
  addSettingCommands,
  addFocusCommands,
  addJobCommands,
  addKnowledgeCommands,
  addBudgetCommands,
  addBenchmarkCommands,
  addKeyCommands,
];

const exitCodesInWords = `
Exit codes: 0 done, 1 refused or failed, 2 wrong use, 3 the orchestrator is not reachable, 4 no good key.
The key comes from --key, BOARDROOM_KEY, BOARDROOM_ADMIN_KEY or .boardroom/admin-key, in this order.`;

/** The whole command line; wrong use throws a CommanderError, after commander has said what is wrong. */
export function createProgram(surroundings: Surroundings, version: string): Command {
  const program = new Command('boardroom');
  const common = program
    .description('A team of AI agents, from the terminal')
    .version(version)
    .option('--url <address>', 'where the API is; else BOARDROOM_API_URL, else http://127.0.0.1:8080')
    .option('--key <key>', 'who calls; others on this machine can see it: better set BOARDROOM_KEY')
    .option('--json', 'the answer as one JSON document, or one a line where they follow each other')
    .addHelpText('after', exitCodesInWords)
    .configureOutput({ writeOut: surroundings.out.write, writeErr: surroundings.errors.write })
    .exitOverride();
  const options = (): CommonOptions => common.opts();
  for (const register of registers) register(program, () => openSession(surroundings, options()));
  addDoctorCommand(program, surroundings, options);
  program
    .command('completion')
    .description('a script that completes commands: source <(boardroom completion bash)')
    .addArgument(new Argument('<shell>').choices(shells))
    .action((shell) => surroundings.out.write(completionScript(program, shell)));
  return program;
}

import type { Row } from './row.ts';
import { agentMemory } from './rows/agent-memory.ts';
import { agentStart } from './rows/agent-start.ts';
import { agentStop } from './rows/agent-stop.ts';
import { egress } from './rows/egress.ts';
import { eventPages } from './rows/event-pages.ts';
import { fanOut } from './rows/fan-out.ts';
import { fanOutReplicas } from './rows/fan-out-replicas.ts';
import { firstTokenRow } from './rows/first-token.ts';
import { httpRead } from './rows/http-read.ts';
import { ingest } from './rows/ingest.ts';
import { installPackages } from './rows/install-packages.ts';
import { installSize } from './rows/install-size.ts';
import { installTime } from './rows/install-time.ts';
import { jobPickUp } from './rows/job-pick-up.ts';
import { killBack } from './rows/kill-back.ts';
import { killNoticed } from './rows/kill-noticed.ts';
import { knowledgeMeaning } from './rows/knowledge-meaning.ts';
import { knowledgeQuestion } from './rows/knowledge-question.ts';
import { knowledgeSearch } from './rows/knowledge-search.ts';
import { orchestratorMemory } from './rows/orchestrator-memory.ts';
import { pageBusy } from './rows/page-busy.ts';
import { pagePaint } from './rows/page-paint.ts';
import { pageScroll } from './rows/page-scroll.ts';
import { startMany } from './rows/start-many.ts';
import { vote } from './rows/vote.ts';

/** In the order of the limits. A new row is a file of its own and a line here. */
export const rows: readonly Row[] = [
  agentStart,
  startMany,
  killNoticed,
  killBack,
  agentStop,
  agentMemory,
  fanOut,
  fanOutReplicas,
  vote,
  ingest,
  eventPages,
  httpRead,
  knowledgeSearch,
  jobPickUp,
  knowledgeMeaning,
  knowledgeQuestion,
  firstTokenRow,
  egress,
  orchestratorMemory,
  pagePaint,
  pageBusy,
  pageScroll,
  installTime,
  installSize,
  installPackages,
];

import type { SettingEntry } from '../../../../src/contracts/setting-entry.ts';

const waits = (priority: string) =>
  `Wie lange eine neue Aufgabe der Priorität ${priority} wartet, bevor sie weckt, wer sie bekommt`;
const reminds = (priority: string) =>
  `Wie lange eine Vorlage der Priorität ${priority} wartet, bis ihre Kanäle erinnert werden, jedes Mal von neuem`;
const leans = 'Wohin das Team neigt, von 0 bis 100';

/** What settings and their families are for. What is missing here is said in English. */
const sentences: Readonly<Record<string, string>> = {
  'queue.delay_critical': waits('kritisch'),
  'queue.delay_urgent': waits('dringend'),
  'queue.delay_high': waits('hoch'),
  'queue.delay_normal': waits('normal'),
  'queue.delay_low': waits('niedrig'),
  'queue.delay_operational': waits('betrieblich'),
  'decisions.policy':
    'Die Tabelle der Stufen: wer abstimmt, wann ein Beschluss angenommen ist, seine Frist und was dann geschieht',
  'knowledge.embedding_model':
    'Findet Dokumente auch nach ihrem Sinn: das Modell, etwa openai/text-embedding-3-small, das Vektoren aus ihnen macht; leer: nur nach ihren Wörtern',
  'knowledge.embedding_query_prefix':
    'Steht vor jeder Frage, für Modelle, die es so wollen, etwa „query: “ oder „search_query: “',
  'knowledge.embedding_document_prefix':
    'Steht vor jedem Text eines Dokuments, etwa „passage: “ oder „search_document: “; ein anderes bettet alle Dokumente neu ein',
  'knowledge.similarity_min':
    'Kosinus-Ähnlichkeit, von der an ein Dokument nach seinem Sinn gefunden wird; was üblich ist, hängt am Modell',
  'decisions.max_rounds': 'Runden ohne Einigkeit, bis ein Mensch entscheidet',
  'decisions.statement_window':
    'Wie lange eine neue Runde auf die Stellungnahmen der Leitung wartet, bevor wieder abgestimmt wird',
  'tasks.max_concurrent_per_agent': 'Aufgaben, die ein Agent zugleich in Arbeit haben darf',
  'llm.routing_strategy': 'Wie ein Aufruf, der uns das Modell überlässt, eines findet',
  'llm.routes': 'Rolle, Art der Aufgabe oder Name eines Modells → Modelle der Reihe nach; „default“ für alles andere',
  'llm.default_model':
    'Geht der Vorgabe-Route vor; nicht gesetzt: das erste der Route, dessen Anbieter eingerichtet ist',
  'llm.enable_fallback': 'Das nächste Modell der Route fragen, wenn eines nicht antwortet',
  'llm.prices': 'Dollar für eine Million Tokens, nach Modell; geht der eingebauten Tabelle vor',
  'llm.record_prompts': 'Prompts mit den Aufzeichnungen der Aufrufe aufbewahren',
  'llm.provider_tools':
    'Aufrufe benutzen lassen, was beim Anbieter läuft (Suche, Code, fremde Server), an der Liste der Domains vorbei',
  'llm.share_identical': 'Gleiche Anfragen zur gleichen Zeit teilen eine Antwort, wo sie feststeht (Temperatur 0)',
  'escalation.timeout_critical': reminds('kritisch'),
  'escalation.timeout_high': reminds('hoch'),
  'escalation.timeout_normal': reminds('normal'),
  'permissions.alert_after': 'So viele Verstöße eines Agenten im Zeitfenster lösen einen Alarm aus',
  'permissions.alert_window': 'Das Zeitfenster für Verstöße; ein Alarm je Agent und Fenster',
  'focus.revenueFocus': leans,
  'focus.communityGrowth': leans,
  'focus.marketingVsDev': leans,
  'focus.riskTolerance': leans,
  'focus.timeHorizon': leans,
  'memory.notes_per_agent':
    'Wie viele Notizen ein Agent behalten darf; eine mehr wird abgelehnt, bis er einige zusammenlegt oder vergisst',
  'benchmark.judge_model': 'Beurteilt die Texte eines Benchmarks; nicht gesetzt: Texte werden nicht bewertet',
  'archive.after':
    'Wie lange erledigte Aufgaben und abgeschlossene Beschlüsse in den Listen bleiben, bevor sie ins Archiv kommen',
  'retention.events': 'Wie lange Ereignisse aufbewahrt werden',
  'retention.history':
    'Wie lange die Geschichte der Agenten aufbewahrt wird: Taten, Durchläufe, Leben, gelesene Nachrichten',
  'retention.job_runs': 'Wie lange die Läufe von Zeitplänen aufbewahrt werden',
  'retention.model_calls': 'Wie lange die Aufzeichnungen der Modellaufrufe aufbewahrt werden',
  'retention.benchmarks': 'Wie lange Läufe von Benchmarks und ihre Antworten aufbewahrt werden',
  agents: 'Sekunden zwischen geplanten Durchläufen, an Stelle des Profils',
  budgets: 'Was für das Denken ausgegeben werden darf, am Tag und im Monat',
  permissions: 'Was den Berechtigungen des Profils genommen wird',
};

/** By its own name, or that of its family. */
export const germanDescription = ({ schema }: Pick<SettingEntry, 'schema'>): string | undefined => sentences[schema];

/** The only list of what can go wrong on purpose. Adding a row is the whole change; a test keeps README in step. */
export const errorCodes = {
  invalid_request: { status: 400, title: 'The request does not match its schema' },
  unauthenticated: { status: 401, title: 'No valid credentials' },
  budget_exhausted: { status: 402, title: 'The budget is spent' },
  not_allowed: { status: 403, title: 'The caller may not do this' },
  foreign_origin: { status: 403, title: 'The request comes from a foreign origin' },
  not_found: { status: 404, title: 'No such route' },
  agent_not_found: { status: 404, title: 'No such agent' },
  decision_not_found: { status: 404, title: 'No such decision' },
  task_not_found: { status: 404, title: 'No such task' },
  benchmark_not_found: { status: 404, title: 'No such benchmark run' },
  job_not_found: { status: 404, title: 'No such scheduled job' },
  key_not_found: { status: 404, title: 'No such API key' },
  escalation_not_found: { status: 404, title: 'No such escalation' },
  domain_not_found: { status: 404, title: 'No such domain on the whitelist' },
  domain_request_not_found: { status: 404, title: 'No such domain request' },
  document_not_found: { status: 404, title: 'No such document' },
  model_not_found: { status: 404, title: 'No such model' },
  setting_not_found: { status: 404, title: 'No such setting' },
  answer_link_not_found: { status: 404, title: 'No such link' },
  channel_not_found: { status: 404, title: 'No such notification channel' },
  notification_not_found: { status: 404, title: 'No such notification' },
  model_refused: { status: 400, title: 'The model provider refuses the request' },
  decision_closed: { status: 409, title: 'The decision is already closed' },
  decision_escalated: { status: 409, title: 'The decision waits for a human, votes no longer count' },
  vote_already_cast: { status: 409, title: 'This voter has already voted in this round' },
  statement_already_given: { status: 409, title: 'This agent has already given its statement in this round' },
  statement_not_asked: { status: 409, title: 'Nobody asked this agent for a statement' },
  not_escalated: { status: 409, title: 'The decision is not escalated' },
  escalation_closed: { status: 409, title: 'The escalation is already resolved' },
  task_closed: { status: 409, title: 'The task is already finished' },
  task_claimed: { status: 409, title: 'The task is already claimed' },
  task_not_claimed: { status: 409, title: 'The task is not claimed by the caller' },
  wip_limit_reached: { status: 409, title: 'The agent already works on as many tasks as it may' },
  job_exists: { status: 409, title: 'A job of this name is there already' },
  job_is_built_in: { status: 409, title: 'A job of the system can be paused, but not changed or removed' },
  benchmark_over: { status: 409, title: 'The benchmark run is over' },
  benchmarks_full: { status: 409, title: 'As many benchmarks run as may at once' },
  jobs_full: { status: 409, title: 'There are as many schedules as are kept' },
  key_name_taken: { status: 409, title: 'A key of this name is already in use' },
  last_admin_key: { status: 409, title: 'The last admin key cannot be revoked' },
  domain_request_decided: { status: 409, title: 'The domain request is already decided' },
  domain_requests_full: { status: 409, title: 'The agent already waits for answers to as many domains as it may' },
  notes_full: { status: 409, title: 'The agent keeps as many notes as it may' },
  document_follows_source: { status: 409, title: 'The document follows its source and is changed there' },
  answer_link_used: { status: 409, title: 'It is answered already' },
  notification_not_failed: { status: 409, title: 'The notification has not failed' },
  no_logs: { status: 409, title: 'The agent has no container to read logs from' },
  request_timeout: { status: 408, title: 'The request took too long to arrive' },
  answer_link_expired: { status: 410, title: 'The link has expired' },
  payload_too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'The body must be JSON' },
  misdirected_request: { status: 421, title: 'The request was meant for another host' },
  rate_limited: { status: 429, title: 'Too many requests' },
  headers_too_large: { status: 431, title: 'The headers are too large' },
  internal: { status: 500, title: 'Something went wrong on our side' },
  model_unavailable: { status: 503, title: 'No model answers right now' },
  dependency_unavailable: { status: 503, title: 'A part that this needs is not available right now' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ErrorCode = keyof typeof errorCodes;

/** One thing that is wrong with the input: where, and what is allowed there. */
export interface InputIssue {
  readonly path: string;
  readonly message: string;
}

/** `detail` and `issues` are for the caller to read; `cause` never leaves the process. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly issues: readonly InputIssue[];
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: ErrorCode,
    detail: string,
    options: { cause?: unknown; issues?: readonly InputIssue[]; retryAfterSeconds?: number } = {},
  ) {
    super(detail, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.issues = options.issues ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

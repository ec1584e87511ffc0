import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export type Metrics = ReturnType<typeof createMetrics>;

/** Prometheus metrics of this replica. */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    requests: new Histogram({
      name: 'boardroom_http_request_seconds',
      help: 'Duration of API requests',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
      registers,
    }),
    corrections: new Counter({
      name: 'boardroom_reconcile_corrections_total',
      help: 'Ends of agents that a timer had to find because no event told of them',
      labelNames: ['agent'],
      registers,
    }),
    toolCalls: new Counter({
      name: 'boardroom_tool_calls_total',
      help: 'Tool calls of agents',
      labelNames: ['agent', 'tool', 'outcome'],
      registers,
    }),
    refusals: new Counter({
      name: 'boardroom_gateway_refusals_total',
      help: 'Attempts at the gateway or the API that were refused to an agent',
      labelNames: ['reason'],
      registers,
    }),
    modelCalls: new Counter({
      name: 'boardroom_model_calls_total',
      help: 'Calls of models',
      labelNames: ['agent', 'provider', 'status'],
      registers,
    }),
    egress: new Counter({
      name: 'boardroom_egress_requests_total',
      help: 'Connections and plain requests of agents through the egress proxy: allowed, or why not',
      labelNames: ['agent', 'outcome'],
      registers,
    }),
    sockets: new Gauge({
      name: 'boardroom_sockets',
      help: 'Open WebSockets',
      labelNames: ['kind'],
      registers,
    }),
    leader: new Gauge({ name: 'boardroom_leader', help: '1 on the replica that leads', registers }),
  };
}

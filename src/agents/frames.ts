import type { Focus } from '../contracts/focus.ts';
import type { GatewayFrame, Wake, WakeReason } from '../contracts/gateway.ts';
import { isRecord, isString, type JsonRecord, parseJson } from './json.ts';

export type Welcome = Extract<GatewayFrame, { type: 'welcome' }>;
export type WakeFrame = Extract<GatewayFrame, { type: 'wake' }>;

/** A reason that is missing here does not compile. */
const wakeReasons: Readonly<Record<WakeReason, true>> = {
  schedule: true,
  task: true,
  decision: true,
  message: true,
  operator: true,
};

const isInteger = (value: unknown): value is number => Number.isInteger(value);
const isReason = (value: unknown): value is WakeReason => isString(value) && Object.hasOwn(wakeReasons, value);

/**
 * Reads what the gateway says; undefined when it is no frame of the contract. By hand instead of by the contract's schema,
 * for the memory that zod would take; a test compares the two.
 */
export function parseGatewayFrame(text: string): GatewayFrame | undefined {
  const frame = parseJson(text);
  if (!isRecord(frame)) return undefined;
  const { type, loopId, because } = frame;
  switch (type) {
    case 'welcome':
      return parseWelcome(frame);
    case 'wake':
      return parseWake(frame);
    case 'report_ack':
      return isString(loopId) ? { type, loopId } : undefined;
    case 'shutdown':
      return isString(because) ? { type, because } : undefined;
    default:
      return undefined;
  }
}

function parseWelcome(frame: JsonRecord): Welcome | undefined {
  const { agentId, agentType, name, prompt, heartbeatMs } = frame;
  const command = frame['command'] === undefined ? undefined : parseCommand(frame['command']);
  if (!isString(agentId) || !isString(agentType) || !isString(name) || !isString(prompt) || !isInteger(heartbeatMs)) {
    return undefined;
  }
  // To run the built-in agent instead would be another thing than what the profile says.
  if (command === undefined && frame['command'] !== undefined) return undefined;
  return { type: 'welcome', agentId, agentType, name, prompt, heartbeatMs, ...(command && { command }) };
}

function parseCommand(command: unknown): Welcome['command'] {
  if (!isRecord(command)) return undefined;
  const { argv, timeoutMs } = command;
  if (!Array.isArray(argv) || argv.length === 0 || !argv.every(isString) || !isInteger(timeoutMs)) return undefined;
  return { argv, timeoutMs };
}

function parseWake(frame: JsonRecord): WakeFrame | undefined {
  const { loopId, wakes, turnTimeoutMs, initiative } = frame;
  const focus = frame['focus'] === undefined ? undefined : parseFocus(frame['focus']);
  if (focus === undefined && frame['focus'] !== undefined) return undefined;
  if (!isString(loopId) || !isInteger(turnTimeoutMs) || typeof initiative !== 'boolean') return undefined;
  if (!Array.isArray(wakes) || wakes.length === 0) return undefined;
  const parsed = wakes.map(parseOneWake);
  return parsed.every((wake) => wake !== undefined)
    ? { type: 'wake', loopId, wakes: parsed, turnTimeoutMs, initiative, ...(focus && { focus }) }
    : undefined;
}

/** A slider that is missing here does not compile. */
const sliders: Readonly<Record<keyof Focus, true>> = {
  revenueFocus: true,
  communityGrowth: true,
  marketingVsDev: true,
  riskTolerance: true,
  timeHorizon: true,
};

function parseFocus(focus: unknown): Focus | undefined {
  if (!isRecord(focus)) return undefined;
  const isSlider = (value: unknown) => isInteger(value) && value >= 0 && value <= 100;
  const names = Object.keys(sliders);
  const fits = Object.keys(focus).length === names.length && names.every((name) => isSlider(focus[name]));
  return fits ? (focus as Focus) : undefined; // looked at, one by one
}

function parseOneWake(wake: unknown): Wake | undefined {
  if (!isRecord(wake)) return undefined;
  const { reason, subjects } = wake;
  if (!isReason(reason) || !Array.isArray(subjects) || !subjects.every(isString)) return undefined;
  return { reason, subjects };
}

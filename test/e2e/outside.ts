/** What a test does to an agent from outside, without asking the orchestrator. */
export interface Outside {
  kill(containerId: string): Promise<void>;
  /** The agents that run right now and call the gateway at this port. */
  running(gatewayPort: string): Promise<readonly string[]>;
  /** Removes what the runtime keeps for a team's later lives. */
  cleanUp(teamId: string): Promise<void>;
}

import type { StormReport } from './storm.ts';

export function printReport(report: StormReport): void {
  const { seed, kills, writes, adoptionsMs, findings } = report;
  const count = Object.values(kills).reduce((sum, some) => sum + some, 0);
  const sorted = [...adoptionsMs].sort((a, b) => a - b);
  const lines = [
    `seed               ${seed}`,
    `kills              ${count} (${Object.entries(kills)
      .map(([kind, some]) => `${kind} ${some}`)
      .join(', ')})`,
    `writes             ${writes.acknowledged} acknowledged, ${writes.refused} refused, ${writes.unanswered} unanswered`,
    `events             ${report.events}, ${report.lateCommits} of them committed late`,
    `tasks completed    ${report.tasksCompleted}`,
    `adoption           median ${sorted[Math.floor(sorted.length / 2)]} ms, at most ${sorted.at(-1)} ms (${sorted.length} times)`,
    `log lines compared ${report.logLines}`,
    `looks at the rules ${report.looks}`,
    `findings           ${findings.length === 0 ? 'none' : findings.length}`,
    ...findings.slice(0, 50).map((finding) => `  ${finding.slice(0, 1_000)}`),
  ];
  console.log(lines.join('\n'));
}

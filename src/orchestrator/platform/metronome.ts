import { schedule } from 'node-cron';

/** Ticks with each second of the clock until the function that it returns is called. What is due is not its business. */
export function everySecond(tick: () => void): () => void {
  const task = schedule('* * * * * *', tick, { suppressMissedWarning: true, timezone: 'UTC' });
  return () => void task.destroy();
}

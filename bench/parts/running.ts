/** What runs beside this process for the row at hand, newest last. */
const running: (() => Promise<void>)[] = [];

/** Answers what ends it, once, whoever asks; `endAll` asks for whatever nobody has ended. */
export function keepRunning(end: () => Promise<void>): () => Promise<void> {
  let ending: Promise<void> | undefined;
  const endOnce = () => {
    if (running.includes(endOnce)) running.splice(running.indexOf(endOnce), 1);
    ending ??= end();
    return ending;
  };
  running.push(endOnce);
  return endOnce;
}

/** A row that could not be opened, or not be closed, must not take the machine from the next one. */
export async function endAll(): Promise<void> {
  for (const end of running.toReversed())
    await end().catch((error: unknown) => process.stderr.write(`not ended: ${String(error)}\n`));
}

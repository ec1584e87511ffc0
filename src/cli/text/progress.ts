import type { Output } from './output.ts';

const barWidthMax = 40;
/** Of the line, for the numbers beside the bar. */
const numbersWidth = 24;
const steps = 10;

/** Shows how far something is; the last call, with all of it done, ends the line. */
export function createProgress(output: Output): (done: number, total: number) => void {
  let shown: string | undefined;

  return (done, total) => {
    const share = total === 0 ? 1 : done / total;
    const text = output.isTerminal
      ? barOf(share, Math.min(barWidthMax, output.columns - numbersWidth))
      : `${Math.floor(share * steps) * (100 / steps)} %`;
    const line = output.isTerminal ? `${text} ${done} of ${total}` : text;
    if (line === shown) return;
    shown = line;
    // Back to the beginning of the line, and what stood there is gone.
    if (output.isTerminal) output.write(`\r\u001b[K${line}${done === total ? '\n' : ''}`);
    else output.write(`${line}\n`);
  };
}

function barOf(share: number, width: number): string {
  const full = Math.floor(share * Math.max(width, 0));
  return `${'█'.repeat(full)}${'░'.repeat(Math.max(width, 0) - full)}`;
}

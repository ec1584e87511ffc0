import { useEffect, useState } from 'react';

/** What stands there once nobody has typed for a moment: a question for each word, not for each letter. */
export function useSettled<T>(value: T, settleMs = 300): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), settleMs);
    return () => clearTimeout(timer);
  }, [value, settleMs]);
  return settled;
}

/** The signals that stop a command. */
export const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Jest listens for these signals, and would end the process when a test emits one. So its listeners are removed. */
export const removeSignalListeners = (): void =>
  SIGNALS.forEach((signal) => process.removeAllListeners(signal));

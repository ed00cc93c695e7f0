/** The signals that stop a command. */
export const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Removes every listener of these signals. Those of Jest would end this process. */
export const removeSignalListeners = (): void =>
  SIGNALS.forEach((signal) => process.removeAllListeners(signal));

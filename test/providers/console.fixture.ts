/**
 * What code writes to the console. Some packages keep the console's functions when they are loaded, so this file must
 * be the first import.
 */
export const logged: unknown[][] = [];

for (const level of ['debug', 'info', 'log', 'warn', 'error'] as const)
  console[level] = (...parts: unknown[]) => void logged.push(parts);

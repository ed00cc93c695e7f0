/** The key of a target for people: `["orders","orders_reader"]` is "orders, orders_reader". Other keys are words already. */
export function targetWords(key: string): string {
  if (!key.startsWith('[')) return key;
  try {
    const parts: unknown = JSON.parse(key);
    return Array.isArray(parts) && parts.every((part) => typeof part === 'string') ? parts.join(', ') : key;
  } catch {
    return key;
  }
}

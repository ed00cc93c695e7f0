/** What `/access` understands by itself. No entitlement may have one of these as its id or as a synonym. */
export const COMMAND_WORDS = ['help', 'list'] as const;

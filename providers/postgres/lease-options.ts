/** Enough for a client and its connection pool, too few to overload a server. */
export const MAX_CONNECTIONS = 5;

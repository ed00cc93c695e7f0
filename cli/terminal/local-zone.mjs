/** The time zone of this computer. It is read before curfew.mjs sets UTC for everything else. */
export const LOCAL_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

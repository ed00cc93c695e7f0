import { parsePlaces } from '../audit/places/parse-places.ts';

/**
 * The audit log. `publicKeys` are its verifier keys. `keys` are the private ones, 32 bytes in base64url each, and `places` is the
 * setting CURFEW_LOG_PLACES: only the process of the sequencer has them.
 */
export type LogConnection = Readonly<{
  name: string;
  publicKeys: readonly string[];
  keys: readonly string[];
  places?: string;
  region?: string;
  endpoint?: string;
}>;

/** In how many days the sequencer examines the whole log, unless CURFEW_LOG_EXAMINE_DAYS says something else. */
export const USUAL_EXAMINATION_DAYS = 7;

/** `sinks` is the setting CURFEW_STREAM, and `token` is for its HTTPS addresses. Only the process of the streamer has it. */
export type StreamSettings = Readonly<{ sinks: string; token?: string }>;

/** Throws unless the log is published in folders of this machine only. */
export function logOnThisMachine(log: LogConnection): LogConnection {
  const places = parsePlaces(log.places ?? '');
  if (places.ok && places.value.every(({ kind }) => kind === 'folder')) return log;
  throw new Error('the places of the log of the demo must be folders of this machine');
}

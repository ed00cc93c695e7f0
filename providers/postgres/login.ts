import { Fault } from '../../core/faults.ts';
import type { Address } from './address.ts';
import { sqlState } from './faults.ts';
import { withConnection } from './raw-connection.ts';

/**
 * The result of a login attempt. `rejected` is only what the server itself said. Any other failure proves nothing
 * about the login.
 */
export type LoginResult = 'accepted' | 'rejected' | 'no answer';

export async function tryLogin(address: Address, signal: AbortSignal): Promise<LoginResult> {
  try {
    await withConnection(address, signal, () => Promise.resolve());
    return 'accepted';
  } catch (error) {
    const state = sqlState(error) ?? '';
    // The password is wrong, a rule of pg_hba.conf refuses it, or the role is unknown or may not log in. A database that does
    // not exist (3D000) proves nothing: the server looks for it after it accepted the login.
    return state.startsWith('28') ? 'rejected' : 'no answer';
  }
}

/**
 * Tries a real login after the system catalogue of the primary showed that the role is gone or may not log in. When it
 * succeeds, there is no receipt. Without an answer, what the catalogue showed is the proof, and the sentence says so. At a
 * server that demands no password, this attempt proves the most. At any other, the catalogue does, because Curfew may not
 * know the password any more.
 *
 * @returns the part of the receipt that says which proof there is
 */
export async function assertLoginRefused(
  address: Address,
  { user, password = 'none' }: Readonly<{ user: string; password?: string | undefined }>,
  signal: AbortSignal,
): Promise<string> {
  const result = await tryLogin({ ...address, user, password }, signal);
  if (result === 'accepted')
    throw new Fault('not-verified', `postgres: a test login as ${user} still succeeds`);
  return result === 'rejected'
    ? 'the server refused a test login'
    : 'a test login got no answer, so the system catalogue of the primary is the proof';
}

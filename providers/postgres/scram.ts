import { createHash, createHmac, pbkdf2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { Fault } from '../../core/faults.ts';

const ITERATIONS = 4_096; // Postgres's own default (scram_iterations)
const derive = promisify(pbkdf2);

/**
 * What Postgres stores for a password (RFC 5803, `SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>`).
 * Curfew sends it instead of the password, so that no statement log and no packet contains the password.
 */
export async function scramVerifier(password: string, salt: Buffer = randomBytes(16)): Promise<string> {
  // Other characters would need SASLprep first. The passwords that Curfew generates are ASCII.
  if (!/^[\x20-\x7e]+$/.test(password))
    throw new Fault('provider-refused', 'postgres: a password must be printable ASCII');
  const salted = await derive(password, salt, ITERATIONS, 32, 'sha256');
  const hmac = (text: string): Buffer => createHmac('sha256', salted).update(text).digest();
  const storedKey = createHash('sha256').update(hmac('Client Key')).digest('base64');
  const serverKey = hmac('Server Key').toString('base64');
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}

import { checkpointText } from '../../../audit/note/checkpoint.ts';
import { cosign, withCosigned } from '../../../audit/note/cosignature.ts';
import { signedUpdate } from '../../../audit/update.ts';
import type { Ledger } from '../../../ledger/index.ts';
import { sequenceAll } from '../../ledger/log/log.fixture.ts';
import { keyOf } from '../log.fixture.ts';
import { LOG_KEYS } from '../published.fixture.ts';

/** A witness that cosigns each checkpoint. */
export const witness = { name: 'witness.example.org/w1', privateKey: keyOf('witness') };

const SECONDS = 1_800_000_000;

/** Does once what a sequencer does. The stored checkpoint has the signature of the witness from the beginning. */
export async function publishWitnessed(ledger: Ledger): Promise<void> {
  await sequenceAll(ledger, LOG_KEYS.name);
  const { size, published } = await ledger.logProgress();
  if (size <= published) return;
  const { note, checkpoint } = await signedUpdate(ledger, LOG_KEYS, size);
  const line = cosign(checkpointText(checkpoint), witness, SECONDS + size);
  await ledger.storeCheckpoint({ size, note: withCosigned(note, [line]) });
}

import { recordAnswer } from '../requests/answer.ts';
import { type EndsWorld, inParallel } from './ends-world.ts';

/** Ends every request now, by a click of each requester. */
export async function endMany({ deps, requests, click }: EndsWorld): Promise<void> {
  await inParallel(requests.length, async (number) => {
    const each = requests[number];
    if (!each) return;
    const made = await click(each.person, { kind: 'end', body: {} }, each.request);
    await recordAnswer(deps, made as Parameters<typeof recordAnswer>[1]);
  });
}

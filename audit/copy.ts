import { setTimeout as wait } from 'node:timers/promises';
import { WAITS } from '../core/waits.ts';
import type { Instant } from '../core/ids.ts';
import type { CopyOrder, Ledger } from '../ledger/index.ts';

/** Who orders a copy of the log: a person, or at the command line "unix:" and a login of the operating system that nobody in people.yaml has. */
export type OrderedBy = CopyOrder extends infer Order
  ? Order extends CopyOrder
    ? Omit<Order, 'asked'>
    : never
  : never;

/** An order that is in the log. `at`: its time, which is that of the answers. */
export type OrderedRow = Readonly<{ id: string; at: Instant }>;

const LOOK_MS = 250;

/**
 * Records an order, and waits until a published checkpoint covers that entry. Throws when none does in time: then the log stands still,
 * and nobody could prove what the copy says.
 */
export async function orderedCopy(
  ledger: Pick<Ledger, 'orderCopy' | 'isCopyCovered'>,
  by: OrderedBy,
  asked: CopyOrder['asked'],
): Promise<OrderedRow> {
  const order = await ledger.orderCopy({ ...by, asked });
  const end = performance.now() + WAITS.copyCovered.ms;
  while (!(await ledger.isCopyCovered(order.id))) {
    if (performance.now() > end)
      throw new Error(
        `no checkpoint covers the order of this copy after ${WAITS.copyCovered.ms / 1000} s, so the log stands still. "curfew doctor" says why`,
      );
    await wait(LOOK_MS);
  }
  return order;
}

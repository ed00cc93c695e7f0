import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { type Control, controlOf } from '../../audit/evidence/controls.ts';
import type { ConsoleDeps } from '../deps.ts';
import { pageContext, type SignedInEnv } from '../page-context.ts';
import { Page } from '../parts/layout.tsx';
import { recordReading } from '../readings.ts';
import { showPage } from '../show-page.tsx';
import { AccessRefused } from './access-refused.tsx';
import { evidenceFolder, folderAddress, folderName } from './evidence-folder.ts';
import { evidenceAddress, type EvidencePeriod, parseEvidencePeriod } from './evidence-period.ts';

const Period = z.object({ from: z.string().max(100), to: z.string().max(100) });

/** `/evidence/<framework>/<control>/folder`: the folder with proofs, as an archive. Whoever gets here is an auditor. */
export function evidenceFolderRoutes(deps: ConsoleDeps): Hono<SignedInEnv> {
  const app = new Hono<SignedInEnv>();
  let isMaking = false;
  app.post('/evidence/:framework/:control/folder', async (c) => {
    const control = controlOf(c.req.param());
    if (!control) return c.notFound();
    const { reader, now } = await pageContext(c, deps);
    const typed = Period.safeParse(await c.req.parseBody());
    if (!typed.success) return c.text('This form is not complete. Go back and load the page again.', 400);
    const period = parseEvidencePeriod(typed.data, { now, timeZone: reader.zone });
    if (!period.ok) return refuse(c, { control, why: period.error }, 400);
    // One at a time, because each reads the whole log.
    if (isMaking)
      return refuse(c, { control, why: 'Another folder is being made. Try again in a minute.' }, 503);
    isMaking = true;
    try {
      return await send(c, deps, { control, period: period.value });
    } finally {
      isMaking = false;
    }
  });
  return app;
}

type Asked = Readonly<{ control: Control; period: EvidencePeriod }>;

async function send(
  c: Context<SignedInEnv>,
  deps: ConsoleDeps,
  { control, period }: Asked,
): Promise<Response> {
  const folder = await evidenceFolder(deps, control, period);
  if (!folder.ok) return refuse(c, { control, why: folder.error }, 503);
  const { body, checksum } = folder.value;
  const address = folderAddress(control, period, checksum);
  const reading = { address, isOwn: false, kind: 'export' } as const;
  await recordReading(deps, c.get('reader'), reading).catch(async (error: unknown) => {
    await body.cancel();
    throw error;
  });
  c.header('content-type', 'application/zip');
  c.header('content-disposition', `attachment; filename="${folderName(control, period)}.zip"`);
  return c.body(body);
}

const refuse = (
  c: Context<SignedInEnv>,
  { control, why }: Readonly<{ control: Control; why: string }>,
  status: 400 | 503,
) =>
  showPage(
    c,
    <Page
      title={`${control.id}: ${control.title}`}
      reader={c.get('reader')}
      address={evidenceAddress(control)}
    >
      <AccessRefused why={why} />
      <p>
        <a href={evidenceAddress(control)}>Back to the evidence</a>
      </p>
    </Page>,
    status,
  );

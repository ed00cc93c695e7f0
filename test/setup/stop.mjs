/** How long after the last test something may still be open before it is reported. */
const REPORT_MS = 20_000;

/** Stops what the global set-up started. The set-up left the function for it on the global object. */
export default async function stop() {
  await globalThis.stopTestServices?.();
  setTimeout(() => {
    console.error(`Still open: ${process.getActiveResourcesInfo().join(', ')}`);
  }, REPORT_MS).unref();
}

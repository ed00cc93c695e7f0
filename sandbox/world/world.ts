export { watchVendors as createWorld } from './vendor-watcher.ts';

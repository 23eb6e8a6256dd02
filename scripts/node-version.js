/**
 * Stops in one sentence on a Node that is too old: Tailwind's compiler needs `require()` of ES modules, and other packages fail
 * with a stack before that. Imported first, so it imports nothing itself. npm only warns of `engines`.
 */
if (!process.features.require_module) {
  console.error(`Node ${process.versions.node} is too old: use 20.19, 22.12 or a newer one.`);
  process.exit(1);
}

/** Imported first by `npm run dev` and `npm run build`: Tailwind's compiler needs `require()` of ES modules. */
if (!process.features.require_module) {
  console.error(`Node ${process.versions.node} is too old: use 20.19, 22.12 or a newer version.`);
  process.exit(1);
}

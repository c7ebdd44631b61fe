// Where the project is on this disk: its one owner, so that a moved file breaks no path.

/** The folder of package.json, absolute. */
export const projectRoot = process.getBuiltinModule('node:path').join(import.meta.dirname, '..')

// Manifests: files read into objects that know their lines.
export { applyChanges, applyEdits, editsFor, type EditPlan, type Wanted } from './edit.ts'
export { diffOf } from './diff.ts'
export { readFiles, readStdin } from './files.ts'
export { joinInputs, parseObjects, readManifests, type Input } from './read.ts'
export { isRendered, renderManifests, type Rendering } from './rendered.ts'
export { veiled } from './veil.ts'

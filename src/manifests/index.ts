// Manifests: files read into objects that know their positions.
export { applyChanges, type Wanted } from './edit/edit.ts'
export { diffOf } from './edit/diff.ts'
export { readFiles, readStdin } from './files.ts'
export { joinInputs, parseObjects, readManifests, type Input } from './read.ts'
export { renderManifests, type Rendering } from './rendered.ts'
export { redactSecrets } from './redact.ts'

// The schema part of the gate: objects from files, judged as the API server of a Kubernetes version
// would judge them.
export { withCustom } from './custom.ts'
export { schemaFor } from './schema.ts'
export { validate } from './validate.ts'

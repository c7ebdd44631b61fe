// The schema part of the gate: judges objects from files as the API server of a Kubernetes version
// would.
export { withCustom } from './custom.ts'
export { schemaFor } from './schema.ts'
export { validate } from './validate.ts'

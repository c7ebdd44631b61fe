// The schema part of the gate: objects from files, judged as the API server of a Kubernetes version
// would judge them.
export { withCustom } from './custom.ts'
export type { SchemaNote, SchemaFinding } from './diagnostics.ts'
export { migrationOf, migrations, type Migration } from './rules/migrations.ts'
export { schemaFor, type CustomKind, type Schema } from './schema.ts'
export { validate, type Validated } from './validate.ts'

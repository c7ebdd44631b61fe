// Objects for tests of the schema, as if they came from a file.
import { parse } from 'yaml'
import type { Manifest, Span } from '#src/model/index.ts'
import { schemaFor, type Schema } from './schema.ts'
import { validate } from './validate.ts'

const nowhere: Span = { line: 1, column: 1, endLine: 1, endColumn: 1, from: 0, to: 0 }

/** `length`: how many letters each member has in the file. */
export const manifestOf = (object: unknown, length = 0): Manifest => ({
  // A file may contain anything; a Manifest promises more than the schema may rely on.
  object: object as Manifest['object'],
  file: 'a.yaml',
  document: 0,
  where: () => ({ ...nowhere, to: length }),
})

export const manifestsIn = (text: string): readonly Manifest[] =>
  text.split(/^---$/m).map(part => manifestOf(parse(part)))

/**
 * The findings of one object: code, place, what was seen, what is expected, the remedy and the
 * certain change.
 */
export const foundIn = (
  text: string,
  schema: Schema = schemaFor('1.35'),
  length = 0,
): readonly unknown[] =>
  validate(manifestOf(parse(text), length), schema).findings.map(
    ({ code, at, seen, expected, remedy, change }) => [
      code,
      at.path.join('.'),
      seen,
      expected,
      remedy,
      ...(change === undefined ? [] : [change]),
    ],
  )

/** A Deployment with one container and these members. */
export const deployment = (container: string, pod = ''): string => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {${pod}containers: [{name: web, image: 'nginx:1', ${container}}]}
`

// docs/report.schema.json is what report.json follows: generated from the schema that every report
// is checked with.
import { expect, test } from 'vitest'
import { runJsonSchema } from '#src/reporting/json.ts'

test('the documented schema of report.json is the one that reports are checked with', async () => {
  await expect(`${JSON.stringify(runJsonSchema(), null, 2)}\n`).toMatchFileSnapshot(
    '../../docs/report.schema.json',
  )
})

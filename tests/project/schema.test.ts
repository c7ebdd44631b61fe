// docs/report.schema.json is generated from the schema that validates every report.
import { expect, test } from 'vitest'
import { runJsonSchema } from '#src/reporting/json.ts'

test('the documented schema of report.json is the one that reports are checked with', async () => {
  await expect(`${JSON.stringify(runJsonSchema(), null, 2)}\n`).toMatchFileSnapshot(
    '../../docs/report.schema.json',
  )
})
